import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { handlebarsTemplates } from '../handlebars-templates.mjs';

// The tests of one room only, on its source: no test here needs the built program.
export default defineConfig({
  root: join(fileURLToPath(import.meta.url), '../../..'),
  plugins: [handlebarsTemplates()],
  test: {
    include: [`test/${process.env['MUTATED_ROOM']}/**/*.test.ts`],
    // It compares times, and code with all its mutants in it has other ones.
    exclude: ['test/nix/find/heavy.test.ts'],
    testTimeout: 60_000,
  },
});
