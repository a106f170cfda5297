import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execaSync } from 'execa';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const INPUTS = ['src', 'templates', 'scripts', 'package.json', 'tsconfig.json', 'vite.config.ts'];

/** Vitest's global setup: builds dist once, before any test, when something that it is made of is newer. */
export function setup(): void {
  // The declarations come last: a build that failed has left none.
  const built = statSync(join(ROOT, 'dist/types/index.d.ts'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const changed = Math.max(...INPUTS.map((input) => newest(join(ROOT, input))));
  if (changed > built) execaSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'inherit' });
}

function newest(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const inner = readdirSync(path, { recursive: true, encoding: 'utf8' }).map(
    (name) => statSync(join(path, name)).mtimeMs,
  );
  return Math.max(stat.mtimeMs, ...inner);
}
