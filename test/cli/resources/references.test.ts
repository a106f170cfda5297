import { expect, test } from 'vitest';
import { readReferences } from '../../../src/cli/resources/references.js';
import { UsageError } from '../../../src/errors.js';
import { testContext } from '../../support/run-in-process.js';

const read = async (images: string[], stdin?: string, options = {}) => {
  const { references, registries } = await readReferences(
    images,
    options,
    testContext(stdin === undefined ? {} : { stdin }),
  );
  return { names: references.map(({ name, tag }) => (tag === undefined ? name : `${name}:${tag}`)), registries };
};

test('the lines of stdin stand in for -, without comments and empty lines', async () => {
  expect(await read(['a', '-', 'z'], '# all\nb:1 # one\r\n\r\n  ghcr.io/c/d  \n')).toEqual({
    names: ['a', 'b:1', 'ghcr.io/c/d', 'z'],
    registries: ['docker.io', 'docker.io'],
  });
});

test('a list never decides where a password goes', async () => {
  expect((await read(['-'], 'evil.example/x\n')).registries).toEqual([]);
  expect((await read(['ghcr.io/a/b', '-'], 'evil.example/x\n')).registries).toEqual(['ghcr.io']);
});

test('- twice is one list', async () => {
  expect((await read(['-', '-'], 'a\n')).names).toEqual(['a']);
});

test.each<[string[], string | undefined, object, RegExp]>([
  [[], undefined, {}, /name an image/],
  [['-'], '', {}, /no image was named on stdin/],
  [['-'], '# nothing\n', {}, /no image was named on stdin/],
  [['-'], 'a\nB\n', {}, /'B' is not an image name/],
  [['-'], 'a', { 'creds-stdin': true }, /cannot both read stdin/],
])('%j with %j on stdin is a usage error', async (images, stdin, options, words) => {
  await expect(read(images, stdin, options)).rejects.toThrow(UsageError);
  await expect(read(images, stdin, options)).rejects.toThrow(words);
});

test('a list without end is refused', async () => {
  await expect(read(['-'], 'x'.repeat(2 ** 22 + 1))).rejects.toThrow(/the list of images is longer than/);
});
