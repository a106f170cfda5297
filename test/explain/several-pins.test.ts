import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runInProcess, testContext } from '../support/run-in-process.js';

const PLACEHOLDER = `sha256-${'A'.repeat(43)}=`;
const OTHER = `sha256-${Buffer.alloc(32, 7).toString('base64')}`;

/** What `explain` says where each of `files` files has a pin of an image of its own with this hash. */
async function explained(hash: string, files: number): Promise<string> {
  const pin = (at: number) => {
    const digest = `sha256:${String(at).padStart(64, '0')}`;
    return `{ dockerTools }: dockerTools.pullImage { imageName = "web"; imageDigest = "${digest}"; hash = "${hash}"; }\n`;
  };
  const context = testContext({ stdin: `specified: ${hash}\ngot: sha256-${Buffer.alloc(32, 8).toString('base64')}\n` });
  mkdirSync(join(context.folder, '.git'));
  for (let at = 0; at < files; at += 1) writeFileSync(join(context.folder, `${100 + at}.nix`), pin(at));
  const { stderr, exitCode } = await runInProcess(['explain', '.'], context);
  expect(exitCode).toBe(2);
  return stderr;
}

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);
const files = (last: number): string =>
  numbers(100, last)
    .map((number) => `${number}.nix`)
    .join(' ');
const places = numbers(100, 104)
  .map((number) => `${number}.nix:1`)
  .join(', ');

test.each([
  [5, `(${places}): pullpin bump --hashes ${files(104)}\n`],
  [8, `(${places} and 3 more): pullpin bump --hashes ${files(107)}\n`],
  [51, `(${places} and 46 more): pullpin bump --hashes ${files(149)}, and then the same with 1 more file\n`],
])('placeholders in %i files: none is left out without a word', async (count, message) => {
  expect(await explained(PLACEHOLDER, count)).toContain(message);
});

test('another hash in many files', async () => {
  expect(await explained(OTHER, 7)).toContain(`(${places} and 2 more): name one file, or the image: `);
});
