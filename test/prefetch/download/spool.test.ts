import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Spool, SpoolError } from '../../../src/prefetch/download/spool.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const MIB = 1024 * 1024;

async function* pieces(count: number, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < count; at += 1) yield Buffer.alloc(size, at + 1);
}

async function all(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test.each([
  ['nothing', 0, 0],
  ['a little, in memory', 3, 10],
  ['exactly what memory takes', 32, MIB],
  ['one byte more', 1, 32 * MIB + 1],
  ['much', 41, MIB + 7],
])('what was kept can be read as often as needed: %s', async (_, count, size) => {
  const folder = temporaryFolder();
  const spool = new Spool(folder);
  const whole = await all(pieces(count, size));
  expect((await all(spool.keep(pieces(count, size)))).equals(whole)).toBe(true);
  expect(readdirSync(folder)).toEqual([]);
  expect((await all(spool.replay())).equals(whole)).toBe(true);
  expect((await all(spool.replay())).equals(whole)).toBe(true);
  await spool.close();
});

test('no more is kept than the limit, in memory or in a file', async () => {
  for (const limit of [MIB, 40 * MIB]) {
    const spool = new Spool(temporaryFolder(), limit);
    await expect(all(spool.keep(pieces(50, MIB)))).rejects.toThrow(
      `more than ${limit} bytes; allow more with --max-spool`,
    );
    await spool.close();
  }
});

test('a folder that does not exist is reported when it is needed, not before', async () => {
  const folder = join(temporaryFolder(), 'gone');
  const spool = new Spool(folder);
  await all(spool.keep(pieces(1, 10)));
  await expect(all(new Spool(folder).keep(pieces(33, MIB)))).rejects.toThrow(SpoolError);
  await spool.close();
});

test('a file in place of the folder is reported', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  await expect(all(new Spool(file).keep(pieces(33, MIB)))).rejects.toThrow(/ENOTDIR.*TMPDIR/);
});
