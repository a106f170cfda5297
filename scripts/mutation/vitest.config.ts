import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { assemblyScript } from '../assembly-script.mjs';
import { handlebarsTemplates } from '../handlebars-templates.mjs';
import { smallUndiciInTests } from '../small-undici.mjs';
import { workerSource } from '../worker-source.mjs';

const room = process.env['MUTATED_ROOM'] ?? '';

/** Tests of other rooms which say what a room must do; all of them run in one process. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  // The rooms above are where a user sees what is found in Nix text: what `list` shows, and which literals `bump` changes.
  nix: [
    'test/list/*.test.ts',
    'test/bump/{entries-of-systems,held-digests,hidden-hashes,layered,plan,shared-values,systems}.test.ts',
    'test/bump/one-pin/*.test.ts',
    'test/bump/tag/*.test.ts',
  ],
};

// The tests of one room, and those of the table, on the source: no test here needs the built program.
export default defineConfig({
  root: join(fileURLToPath(import.meta.url), '../../..'),
  plugins: [smallUndiciInTests(), assemblyScript(), workerSource(), handlebarsTemplates()],
  test: {
    include: [`test/${room}/**/*.test.ts`, ...(ALSO[room] ?? [])],
    exclude: [
      // It compares times, and code with all its mutants in it has other ones.
      'test/nix/find/heavy.test.ts',
      // It starts git.
      'test/list/callers.test.ts',
    ],
    testTimeout: 60_000,
  },
});
