import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { assemblyScript } from './scripts/assembly-script.mjs';
import { handlebarsTemplates } from './scripts/handlebars-templates.mjs';
import { smallUndiciInTests } from './scripts/small-undici.mjs';
import { workerSource } from './scripts/worker-source.mjs';

export default defineConfig({
  plugins: [smallUndiciInTests(), assemblyScript(), workerSource(), handlebarsTemplates()],
  test: {
    coverage: {
      include: ['src/**/*.ts'],
      // AssemblyScript, which runs as WebAssembly: V8 does not count there.
      exclude: ['src/compression/*/assembly/**'],
      reporter: ['json'],
      reportOnFailure: true,
    },
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Most tests wait for processes and servers: one worker less than there are cores would leave a machine with two idle for half of the time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
