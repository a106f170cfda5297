import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { BlobDigest } from '../../src/oci/digest.js';
import { BlobMismatchError, digestOf, verified } from '../../src/oci/verified.js';

const SHA512: BlobDigest = `sha512:${createHash('sha512').update('hello').digest('hex')}`;

async function* letters(text: string): AsyncGenerator<Uint8Array> {
  for (const letter of text) yield Buffer.from(letter);
}

async function read(text: string, digest: BlobDigest): Promise<string> {
  let all = '';
  for await (const chunk of verified(letters(text), { digest, mediaType: '', size: 99 })) all += Buffer.from(chunk);
  return all;
}

test.each([
  ['hello', digestOf('hello')],
  ['', digestOf('')],
  ['hello', SHA512],
] as const)('%j passes as %s', async (text, digest) => {
  expect(await read(text, digest)).toBe(text);
});

test.each(['hell', 'hello!', 'Hello', ''])('%j does not pass for hello', async (text) => {
  const failure = await read(text, digestOf('hello')).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(BlobMismatchError);
  expect(failure).toMatchObject({ digest: digestOf('hello'), received: text.length, actual: digestOf(text) });
  await expect(read(text, SHA512)).rejects.toThrow(/sha512:[0-9a-f]{128} is damaged: .*sha512:/);
});
