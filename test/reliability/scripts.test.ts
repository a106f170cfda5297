import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const FOLDER = fileURLToPath(new URL('../../scripts/reliability', import.meta.url));

// docs/reliability.md has what they found with large numbers.
test.for([
  ['kill.mjs', '8', /kill -9 at random moments of bump and lock: 8, seed 3: 0 with a wrong file/],
  ['soak.mjs', '200', /pins in one process: 200, seed 3: 0 wrong, 0 files left; in use /],
] as const)('%s finds nothing wrong', { timeout: 300_000 }, async ([script, number, line]) => {
  const args = ['--expose-gc', `${FOLDER}/${script}`, number, '3'];
  const { stdout, exitCode } = await execa(process.execPath, args, { reject: false });
  expect(stdout).toMatch(line);
  expect(exitCode).toBe(0);
});

test('a number that is not one is refused', async () => {
  const { exitCode, stderr } = await execa(process.execPath, [`${FOLDER}/kill.mjs`, 'many'], { reject: false });
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(/^usage: /) });
});
