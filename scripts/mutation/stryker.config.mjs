import { fileURLToPath } from 'node:url';

const room = process.env['MUTATED_ROOM'];
const name = room.replaceAll('/', '-');

export default {
  mutate: [`src/${room}/**/*.ts`, `!**/*.d.ts`],
  testRunner: 'vitest',
  vitest: { configFile: 'scripts/mutation/vitest.config.ts', related: false },
  plugins: ['@stryker-mutator/vitest-runner', fileURLToPath(new URL('drawn.mjs', import.meta.url))],
  ignorers: ['drawn'],
  coverageAnalysis: 'perTest',
  // One at a time: tests that wait for a process are not to be taken for endless loops.
  concurrency: 1,
  timeoutMS: 10_000,
  tempDirName: 'mutants/work',
  ignorePatterns: ['/dist', '/coverage', '/mutants', '/docs', '/bench', '/release', '/scripts/*/node_modules'],
  // Stryker would read it with an older TypeScript than ours.
  tsconfigFile: 'scripts/mutation/none.json',
  reporters: ['progress-append-only', 'clear-text', 'json'],
  clearTextReporter: { logTests: false, allowColor: false },
  jsonReporter: { fileName: `mutants/${name}.json` },
  thresholds: { high: 90, low: 80, break: 80 },
};
