import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { IMAGES, referenceOf } from '../../../src/cli/options/operands.js';
import { readImages } from '../../../src/cli/resources/references.js';
import { UsageError } from '../../../src/errors.js';
import { runInProcess, testContext } from '../../support/run-in-process.js';

const read = async (words: string[], stdin?: string, readsCredentials = false) => {
  const context = testContext(stdin === undefined ? {} : { stdin });
  const { images, registries } = await readImages(IMAGES.parse(words), { readsCredentials }, context);
  return { names: images.map(({ text }) => text), images, registries };
};

test('the lines of stdin stand in for -, without comments and empty lines', async () => {
  expect(await read(['a', '-', 'z'], '# all\nb:1 # one\r\n\r\n  ghcr.io/c/d  \n')).toMatchObject({
    names: ['a', 'b:1', 'ghcr.io/c/d', 'z'],
    registries: ['docker.io', 'docker.io'],
  });
});

test('a list on stdin never decides which registry gets a password', async () => {
  expect((await read(['-'], 'evil.example/x\n')).registries).toEqual([]);
  expect((await read(['ghcr.io/a/b', '-'], 'evil.example/x\n')).registries).toEqual(['ghcr.io']);
});

test('- twice is one list', async () => {
  expect((await read(['-', '-'], 'a\n')).names).toEqual(['a']);
});

test('a name that is not an image name is one problem, in its place', async () => {
  const { images, registries } = await read(['B', 'ghcr.io/a/b', '-'], 'c\nD\n');
  expect(images.map((image) => 'error' in image)).toEqual([true, false, false, true]);
  expect(() => images.map(referenceOf)).toThrow(/'B' is not an image name/);
  // What was misspelled may have meant another registry: credentials without one then hold for none.
  expect(new Set(registries).size).toBe(2);
});

test.each<[string[], string | undefined, boolean, RegExp]>([
  [['-'], '', false, /no image was named on stdin/],
  [['-'], '# nothing\n', false, /no image was named on stdin/],
  [['-'], 'a\n'.repeat(10_001), false, /stdin: the list has 10001 images; at most 10000 are possible/],
  [['-'], 'a', true, /cannot both read stdin/],
])('%j with %j on stdin is a usage error', async (images, stdin, readsCredentials, words) => {
  await expect(read(images, stdin, readsCredentials)).rejects.toThrow(UsageError);
  await expect(read(images, stdin, readsCredentials)).rejects.toThrow(words);
});

test('a list without end is refused', async () => {
  await expect(read(['-'], 'x'.repeat(2 ** 22 + 1))).rejects.toThrow(/the list of images is longer than/);
});

test.each([
  ['./a b.nix', "pullpin bump './a b.nix' updates its pins, pullpin list './a b.nix' shows them"],
  ['./a;touch x.nix', "pullpin bump './a;touch x.nix' updates its pins, pullpin list './a;touch x.nix' shows them"],
  ['./a b', "pullpin bump './a b' updates its pins, pullpin list './a b' shows them"],
  ['a $(x).nix:3', "pullpin bump 'a $(x).nix:3' updates the pin there"],
  ['a.nix:3', 'pullpin bump a.nix:3 updates the pin there'],
  ['./no $(x).nix', "for the pins in a file: pullpin bump './no $(x).nix'"],
  [`./${'x'.repeat(1000)}.nix`, `for the pins in a file: pullpin bump './${'x'.repeat(298)}…'`],
])('the command for %s has it as one word for a shell', async (word, command) => {
  const context = testContext();
  for (const file of ['a b.nix', 'a;touch x.nix', 'a $(x).nix', 'a.nix']) writeFileSync(join(context.folder, file), '');
  mkdirSync(join(context.folder, 'a b'));
  const { stderr, exitCode } = await runInProcess(['digest', word], context);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(command);
});
