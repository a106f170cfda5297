// npm run docs:api: writes docs/api.md, the reference of the library, from the docstrings in the types that are published. TypeDoc makes it; it is installed
// in a folder of its own, because it wants an older TypeScript than the one that compiles pullpin.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'scripts', 'api-reference');
const PAGE = join(root, 'docs', 'api.md');
const HEAD = `# Reference of the library

All that \`import … from 'pullpin'\` gives. [The library](library.md) shows how it fits together; this page is made of the docstrings by \`npm run docs:api\`.
`;

/** The text of the page. Throws when TypeDoc warns of anything, such as an exported name without a docstring. */
export function apiPage() {
  const program = join(folder, 'node_modules', 'typedoc', 'bin', 'typedoc');
  if (!existsSync(program)) throw new Error('TypeDoc is not installed: npm ci --prefix scripts/api-reference');
  const out = mkdtempSync(join(tmpdir(), 'pullpin-api-'));
  try {
    execFileSync(process.execPath, [program, '--out', out], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    const text = readFileSync(join(out, 'api.md'), 'utf8');
    return `${HEAD}\n${text.slice(text.indexOf('## '))}`;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(PAGE, apiPage());
