import { describe, expect, test } from 'vitest';
import { LayerFormatError } from '../../../src/compression/format/compression.js';
import { zstdSizeHint } from '../../../src/compression/zstd/size-hint.js';
import { decompressed, judgement, layerLike } from '../../support/layer-bytes.js';
import { createRandom } from '../../support/random.js';
import { skopeoLayer } from '../../support/skopeo-layer.js';
import { zstdStreamSync, zstdSync } from '../../support/zstd.js';

const HELLO = Buffer.from('hello\n'.repeat(100));
const WORLD = Buffer.from('world\n'.repeat(50));
const LARGE = layerLike(2_000_000);

const join = (...parts: (Uint8Array | string)[]): Buffer => Buffer.concat(parts.map((part) => Buffer.from(part)));
const uint = (value: number, length: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes.subarray(0, length);
};
const bytes = (...values: number[]): Buffer => Buffer.from(values);
const flipped = (blob: Uint8Array, at: number): Buffer => {
  const copy = Buffer.from(blob);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};

const skippable = (announced: number, length = announced): Buffer =>
  join(uint(0x184d2a53, 4), uint(announced, 4), Buffer.alloc(length, 9));
const [RAW, REPEATED, COMPRESSED, RESERVED] = [0, 1, 2, 3] as const;
const block = (type: number, size: number, isLast = true): Buffer =>
  uint((size << 3) | (type << 1) | (isLast ? 1 : 0), 3);
/** A frame by hand: descriptor, then window, dictionary and content size as bytes, then blocks. */
const frame = (...parts: (Uint8Array | string)[]): Buffer => join(uint(0xfd2fb528, 4), ...parts);
const ABC = join(block(RAW, 3), 'abc');
const WINDOW_1K = bytes(0, 0);
const window = (exponent: number, mantissa = 0): Buffer => bytes(0, (exponent << 3) | mantissa);

const A = zstdStreamSync(HELLO);
const B = zstdStreamSync(WORLD);
const FILE = zstdSync(LARGE);

const cases: [string, 'accepted' | 'refused', Buffer][] = [
  ['one frame', 'accepted', A],
  ['several frames', 'accepted', join(A, FILE, zstdStreamSync(LARGE, '-1'), B)],
  ['empty frames around another', 'accepted', join(zstdStreamSync(bytes()), A, zstdStreamSync(bytes()))],
  ['no checksum', 'accepted', zstdSync(LARGE, '--no-check')],
  ['a skippable frame at the end', 'accepted', join(A, skippable(100_000))],
  ['an empty skippable frame between others', 'accepted', join(A, skippable(0), B)],
  ['a blob that starts with a skippable frame does not count as compressed', 'accepted', join(skippable(5), A)],
  ['a skippable frame that ends early', 'refused', join(A, skippable(10, 9))],
  ['a skippable frame without all of its size', 'refused', join(A, skippable(0).subarray(0, 7))],

  ['one byte behind a frame', 'refused', join(A, bytes(0))],
  ['three bytes behind a frame', 'refused', join(A, bytes(0x28, 0xb5, 0x2f))],
  ['nine zero bytes behind a frame', 'refused', join(A, Buffer.alloc(9))],
  ['a magic number behind a frame', 'refused', join(A, B.subarray(0, 4))],
  ['an end in the checksum', 'refused', A.subarray(0, -1)],
  ['an end in front of the checksum', 'refused', A.subarray(0, -4)],
  ['an end in a block', 'refused', FILE.subarray(0, -1000)],
  ['an end behind the magic number', 'refused', A.subarray(0, 4)],
  ['a wrong checksum', 'refused', flipped(A, A.length - 1)],
  ['a wrong checksum of the second frame', 'refused', join(A, flipped(B, B.length - 1))],

  ['a window of 512 MiB', 'accepted', frame(window(19), ABC)],
  ['a window of a little more', 'refused', frame(window(19, 1), ABC)],
  ['a window of 512 MiB, as zstd writes it', 'accepted', zstdStreamSync(LARGE, '--long=29')],
  ['a window of 1 GiB, as zstd writes it', 'refused', zstdStreamSync(LARGE, '--long=30')],
  ['a window of 2 GiB, as zstd writes it', 'refused', zstdStreamSync(LARGE, '--ultra', '--long=31')],
  ['a content of more than 512 MiB in one segment', 'refused', frame(bytes(0xa0), uint(2 ** 29 + 1, 4), ABC)],

  ['the right content size', 'accepted', frame(bytes(0x20, 3), ABC)],
  ['too small a content size', 'refused', frame(bytes(0x20, 2), ABC)],
  ['too large a content size', 'refused', frame(bytes(0x20, 4), ABC)],
  ['a reserved bit in the header', 'refused', frame(bytes(0x08, 0), ABC)],
  ['an unused bit in the header', 'accepted', frame(bytes(0x10, 0), ABC)],
  ['dictionary 0, which means no dictionary', 'accepted', frame(bytes(0x01, 0, 0), ABC)],
  ['dictionary 7', 'refused', frame(bytes(0x01, 0, 7), ABC)],

  ['a block of one repeated byte', 'accepted', frame(WINDOW_1K, block(REPEATED, 1024), 'z')],
  ['a block larger than the window', 'refused', frame(WINDOW_1K, block(REPEATED, 1025), 'z')],
  ['a block larger than 128 KiB', 'refused', frame(window(10), block(REPEATED, 131_073), 'z')],
  ['a block of 128 KiB', 'accepted', frame(window(10), block(REPEATED, 131_072), 'z')],
  ['an empty block', 'accepted', frame(WINDOW_1K, block(RAW, 0))],
  ['many empty blocks', 'accepted', frame(WINDOW_1K, ...Array.from({ length: 500 }, () => block(RAW, 0, false)), ABC)],
  ['a block of the reserved type', 'refused', frame(WINDOW_1K, block(RESERVED, 3), 'abc')],
  ['a compressed block of one byte', 'refused', frame(WINDOW_1K, block(COMPRESSED, 1), bytes(0))],
  ['a compressed block without content', 'accepted', frame(WINDOW_1K, block(COMPRESSED, 2), bytes(0, 0))],
  ['bytes behind the sequences', 'refused', frame(WINDOW_1K, block(COMPRESSED, 3), bytes(0, 0, 0))],
  ['literals that refer to no Huffman tree', 'refused', frame(WINDOW_1K, block(COMPRESSED, 5), bytes(3, 0, 0, 0, 0))],
];

describe('zstd is accepted or refused as by skopeo', () => {
  test.each(cases)('%s: %s', async (_, verdict, blob) => {
    const ours = await judgement(blob);
    expect(ours === 'refused' ? 'refused' : 'accepted').toBe(verdict);
    expect(ours).toBe(await skopeoLayer(blob));
  });
});

describe('what zstd compresses is restored', () => {
  const random = createRandom(7);
  const noise = Buffer.from(random.bytes(300_000));
  const skewed = Buffer.from(random.bytes(400_000).map((byte) => Math.clz32(byte << 24) + (byte & 1)));
  const contents = Object.entries({
    layer: LARGE,
    noise,
    skewed,
    'noise, repeated from far away': join(noise, LARGE, noise),
    zeros: Buffer.alloc(1_000_000),
    'three bytes again and again': Buffer.from('abc'.repeat(200_000)),
    'one byte': Buffer.from('x'),
    nothing: Buffer.alloc(0),
  });
  const settings = [
    '--fast=5 --no-check',
    '-1',
    '-3',
    '-5 --no-compress-literals',
    '-9 --zstd=wlog=10',
    '-9 --zstd=wlog=13',
    '-12 --zstd=wlog=18',
    '-19',
    '--ultra -22',
    '--long=27',
  ];
  test.each(settings.flatMap((setting) => contents.map(([name, content]) => [setting, name, content] as const)))(
    'zstd %s: %s',
    async (setting, _, content) => {
      const options = setting.split(' ');
      for (const blob of [zstdSync(content, ...options), zstdStreamSync(content, ...options)]) {
        expect((await decompressed(blob)).equals(content)).toBe(true);
      }
    },
  );

  test('in pieces of every size', async () => {
    const content = LARGE.subarray(0, 30_000);
    const blob = zstdSync(content);
    for (const size of [1, 2, 3, 17, 1000]) expect((await decompressed(blob, size)).equals(content)).toBe(true);
  });
});

test('damaged frames are refused, for each byte that is damaged', async () => {
  const random = createRandom(11);
  const content = layerLike(40_000, 3);
  const blobs = [zstdSync(content), zstdStreamSync(content, '-19'), zstdStreamSync(content, '--zstd=wlog=10')];
  for (let round = 0; round < 1500; round++) {
    const damaged = Buffer.from(random.pick(blobs));
    for (let i = random.integer(1, 4); i > 0; i--)
      damaged[random.integer(4, damaged.length - 1)] = random.integer(0, 255);
    // The same content may come out when the damage hit what does not matter, such as the size of the window; no other content may.
    const outcome = await decompressed(damaged).catch((error: unknown) => error);
    if (Buffer.isBuffer(outcome)) expect(outcome.equals(content)).toBe(true);
    else expect(outcome).toBeInstanceOf(LayerFormatError);
  }
});

describe('the size hint', () => {
  test.each([0, 1, 255, 256, 65_791, 65_792, 2_000_000])('of a file of %d bytes', (size) => {
    expect(zstdSizeHint(zstdSync(LARGE.subarray(0, size)).subarray(0, 18))).toBe(size);
  });

  test.each([
    ['a stream', zstdStreamSync(LARGE)],
    ['too few bytes', FILE.subarray(0, 6)],
    ['gzip', bytes(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3)],
    ['nothing', bytes()],
  ])('no size is found for %s', (_, blob) => expect(zstdSizeHint(blob)).toBeUndefined());
});
