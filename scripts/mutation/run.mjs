// npm run test:mutants [-- ROOM [SHARE SEED]]: changes the code of a room of src (a folder, such as oci or nix/language) in one place at a time, and sees whether a test of
// that room fails, or one of those that vitest.config.ts names beside them. Stryker does it; it is installed in this folder, because it is large and nothing else needs it. The report is in mutants/.
// A SHARE below 1 takes only that part of the declarations, which the SEED draws.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const [room = 'oci', share = '1', seed = '1'] = process.argv.slice(2);
const program = join(here, 'node_modules/@stryker-mutator/core/bin/stryker.js');
if (!existsSync(join(root, 'src', room))) throw new Error(`src has no room ${room}`);
if (!existsSync(program)) throw new Error('Stryker is not installed: npm ci --prefix scripts/mutation');
const { status } = spawnSync(process.execPath, [program, 'run', relative(root, join(here, 'stryker.config.mjs'))], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, MUTATED_ROOM: room, MUTATED_SHARE: share, PULLPIN_SEED: seed },
});
process.exitCode = status ?? 1;
