import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execaSync } from 'execa';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const INPUTS = ['src', 'templates', 'scripts', 'package.json', 'tsconfig.json', 'vite.config.ts'];

/** Vitest's global setup: builds dist once, before any test, when something that it is made of is newer and the tests to be run need it. */
export function setup(): void {
  const files = process.argv.filter((argument) => argument.startsWith('test/'));
  if (files.length > 0 && !files.some((file) => /end-to-end|cli/.test(file))) return;
  const built = statSync(join(ROOT, 'dist/main.cjs'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
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
