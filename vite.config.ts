import { defineConfig } from 'vitest/config';
import { handlebarsTemplates } from './scripts/handlebars-templates.mjs';

export default defineConfig({
  plugins: [handlebarsTemplates()],
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
