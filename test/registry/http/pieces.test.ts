import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { piecesOf } from '../../../src/registry/http/body.js';

/** A body whose pieces of these lengths arrive in one turn, each filled with its number. */
function bodyOf(lengths: readonly number[], end?: Error): Readable {
  const body = new Readable({ read: () => undefined, highWaterMark: 2 ** 30 });
  setImmediate(() => {
    for (const [index, length] of lengths.entries()) body.push(Buffer.alloc(length, index + 1));
    if (end) setTimeout(() => body.destroy(end), 20);
    else body.push(null);
  });
  return body;
}

async function pieces(body: Readable): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const piece of piecesOf(body)) all.push(Buffer.from(piece));
  return all;
}

test.each([
  ['small ones are joined', [4096, 4096, 1, 1400], [9593]],
  ['up to 64 KiB or a little more', Array.from({ length: 40 }, () => 4096), [65536, 65536, 32768]],
  ['large ones are left as they are', [16384, 16384, 8193], [16384, 16384, 8193]],
  ['small ones stay in front of and behind large ones', [10, 20, 65536, 30, 40, 8193], [30, 65536, 70, 8193]],
  ['one alone', [5], [5]],
  ['none', [], []],
])('pieces of a body: %s', async (_, lengths, expected) => {
  const all = await pieces(bodyOf(lengths));
  expect(all.map(({ length }) => length)).toEqual(expected);
  const sent = lengths.map((length, index) => Buffer.alloc(length, index + 1));
  expect(Buffer.concat(all).equals(Buffer.concat(sent))).toBe(true);
});

test('small pieces in front of a failure are passed on, and then the failure', async () => {
  const seen: number[] = [];
  const reading = (async () => {
    for await (const piece of piecesOf(bodyOf([10, 20], new Error('cut')))) seen.push(piece.length);
  })();
  await expect(reading).rejects.toThrow('cut');
  expect(seen).toEqual([30]);
});
