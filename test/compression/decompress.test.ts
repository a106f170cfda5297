import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compressionOf, LayerFormatError } from '../../src/compression/decompress.js';
import type { Unpacked } from '../../src/compression/hashed.js';
import { openDecompressionThread } from '../../src/compression/thread/decompression-thread.js';
import { type Unpack, unpack } from '../../src/compression/unpack.js';
import { PullpinError } from '../../src/errors.js';
import { decompressed, inPieces, layerLike } from '../support/layer-bytes.js';
import { skopeoLayer } from '../support/skopeo-layer.js';
import { zstdSync } from '../support/zstd.js';

const LARGE = layerLike(3_000_000);

describe('the first bytes show the compression', () => {
  test.each([
    ['gzip', [0x1f, 0x8b, 0x08]],
    ['bzip2', [0x42, 0x5a, 0x68]],
    ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
    ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ])('%s', (compression, magic) => {
    expect(compressionOf(Uint8Array.from(magic))).toBe(compression);
    expect(compressionOf(Uint8Array.from([...magic, 1, 2, 3]))).toBe(compression);
    expect(compressionOf(Uint8Array.from(magic.slice(0, -1)))).toBeUndefined();
    expect(compressionOf(Uint8Array.from([0, ...magic]))).toBeUndefined();
  });

  test.each([
    ['no bytes', ''],
    ['gzip with another method', '\x1f\x8b\x09'],
    ['a tar', 'etc/passwd'],
    ['a skippable frame of zstd', '\x50\x2a\x4d\x18\0\0\0\0'],
  ])('none: %s', (_, text) => expect(compressionOf(Buffer.from(text, 'latin1'))).toBeUndefined());
});

describe('content that is not compressed does not change', () => {
  test.each([
    ['no bytes', Buffer.alloc(0)],
    ['one byte', Buffer.from('a')],
    ['half a magic number', Buffer.from([0x1f, 0x8b])],
    ['a large layer', LARGE],
  ])('%s', async (_, blob) => {
    for (const size of [1000, 1 << 20]) expect((await decompressed(blob, size)).equals(blob)).toBe(true);
  });
});

test.each([
  ['bzip2', Buffer.from('BZh91AY')],
  ['bzip2', Buffer.from('BZhello.txt is the first file of an uncompressed tar, which skopeo refuses as well')],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])],
])('%s is refused by its name', async (name, blob) => {
  const error: unknown = await decompressed(blob).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(PullpinError);
  expect(error).toMatchObject({ compression: name, message: expect.stringMatching(`^${name}: .*gzip or zstd$`) });
});

test('skopeo refuses a tar whose first name looks like bzip2', async () => {
  expect(await skopeoLayer(Buffer.from('BZhello'))).toBe('refused');
});

const BLOBS = [
  ['plain', LARGE],
  ['gzip', gzipSync(LARGE)],
  ['gzip of many members', Buffer.concat(Array.from({ length: 200 }, () => gzipSync(LARGE.subarray(0, 15_000))))],
  ['zstd', zstdSync(LARGE)],
] as const;
// The most that waits for a slow consumer: a batch of the reader, and pipes of 2 MiB in front of and behind each thread.
const THREADS = {
  'on the thread that asks': { open: () => ({ unpack, close: () => {} }), limit: 1_000_000 },
  'on another': { open: () => openDecompressionThread(2), limit: 6_000_000 },
  'on another, hashed on a third': { open: () => openDecompressionThread(3), limit: 8_500_000 },
};
const CASES = Object.entries(THREADS).flatMap(([thread, { open, limit }]) =>
  BLOBS.map(([name, blob]) => ({ thread, open, limit, name, blob })),
);

describe.each(CASES)('$name, $thread', ({ open, limit, blob }) => {
  // Threads are good for one failure.
  let decompression: ReturnType<typeof open>;
  beforeEach(() => {
    decompression = open();
  });
  afterEach(() => decompression?.close());
  const decompress: Unpack = (source) => (decompression ?? expect.fail('no thread')).unpack(source);

  test('compressed bytes are restored', async () => {
    for (const size of [1000, 70_000, blob.length]) {
      const pieces: Buffer[] = [];
      const unpacked = await drain(decompress(inPieces(blob, size)), (piece) => pieces.push(Buffer.from(piece)));
      const content = await decompressed(blob);
      expect(Buffer.concat(pieces).equals(content)).toBe(true);
      expect(unpacked).toEqual({ sha256: createHash('sha256').update(content).digest('hex'), size: content.length });
    }
  });

  test('an error of the source is passed on unchanged', async () => {
    const broken = new Error('the connection broke');
    async function* source() {
      yield* inPieces(blob.subarray(0, blob.length / 2), 10_000);
      throw broken;
    }
    const thrown = await drain(decompress(source())).catch((error: unknown) => error);
    expect(thrown).toBe(broken);
    expect(thrown).not.toBeInstanceOf(LayerFormatError);
  });

  test('an error at the start of the source is passed on unchanged', async () => {
    const broken = new Error('no connection');
    // biome-ignore lint/correctness/useYield: fails before its first piece
    async function* source(): AsyncGenerator<Uint8Array> {
      throw broken;
    }
    await expect(drain(decompress(source()))).rejects.toBe(broken);
  });

  test('leaving early closes the source', async () => {
    let isReleased = false;
    async function* source() {
      try {
        for (;;) yield* inPieces(blob, 100_000);
      } finally {
        isReleased = true;
      }
    }
    for await (const piece of decompress(source())) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    await expect.poll(() => isReleased).toBe(true);
  });

  test('leaving early does not wait for a source that has stalled', async () => {
    async function* source() {
      yield* inPieces(Buffer.concat(Array.from({ length: 8 }, () => blob)), 100_000);
      await new Promise(() => {});
    }
    for await (const _ of decompress(source())) break;
  });

  test('a slow consumer makes the source wait', async () => {
    let given = 0;
    async function* source() {
      for (const copies = 200; given < copies * blob.length; ) {
        for await (const piece of inPieces(blob, 50_000)) {
          given += piece.length;
          yield piece;
        }
      }
    }
    const output = decompress(source());
    await output.next();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(given).toBeLessThan(limit);
    await output.return({ sha256: '', size: 0 });
  });

  test('the blob is not written to', async () => {
    const copy = Buffer.from(blob);
    await drain(decompress(inPieces(blob, 30_000)));
    expect(Buffer.compare(blob, copy)).toBe(0);
  });
});

test('two decompressions at a time do not disturb each other', async () => {
  const blob = gzipSync(LARGE);
  const [one, other] = await Promise.all([decompressed(blob, 30_000), decompressed(blob, 70_000)]);
  expect(one.equals(LARGE) && other.equals(LARGE)).toBe(true);
});

async function drain(
  pieces: ReturnType<Unpack>,
  each: (piece: Uint8Array) => void = () => undefined,
): Promise<Unpacked> {
  for (let next = await pieces.next(); ; next = await pieces.next()) {
    if (next.done) return next.value;
    each(next.value);
  }
}
