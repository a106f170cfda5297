import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { gzipSizeHint } from '../../../src/compression/gzip/gzip.js';
import { decompressed, judgement, layerLike } from '../../support/layer-bytes.js';
import { skopeoLayer } from '../../support/skopeo-layer.js';

const FHCRC = 0x02;
const FEXTRA = 0x04;
const FNAME = 0x08;
const FCOMMENT = 0x10;

const HELLO = Buffer.from('hello\n'.repeat(100));
const WORLD = Buffer.from('world\n'.repeat(50));
const LARGE = layerLike(1_500_000);

const join = (...parts: (Uint8Array | string)[]): Buffer => Buffer.concat(parts.map((part) => Buffer.from(part)));
const bytes = (...values: number[]): Buffer => Buffer.from(values);
const uint16 = (value: number): Buffer => bytes(value & 255, (value >> 8) & 255);
const uint32 = (value: number): Buffer => join(uint16(value), uint16(value >>> 16));

const header = (flags: number, ...rest: (Uint8Array | string)[]): Buffer =>
  join(bytes(0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 3), ...rest);
const member = (content: Uint8Array, head = header(0)): Buffer =>
  join(head, deflateRawSync(content), uint32(crc32(content)), uint32(content.length));
const text = (length: number): Buffer => join('n'.repeat(length), bytes(0));
const crcOf = (...parts: Uint8Array[]): Buffer => uint16(crc32(join(...parts)) & 0xffff);
const flipped = (blob: Uint8Array, at: number): Buffer => {
  const copy = Buffer.from(blob);
  copy[at] = (copy[at] ?? 0) ^ 0x10;
  return copy;
};

const A = member(HELLO);
const B = member(WORLD);
const NAMED = header(FHCRC | FNAME, text(1));
const manyMembers = (): Buffer =>
  join(...Array.from({ length: 1000 }, (_, index) => gzipSync(LARGE.subarray(index * 1000, (index + 1) * 1000))));

const cases: [string, 'accepted' | 'refused', Buffer][] = [
  ['one member', 'accepted', A],
  ['two members', 'accepted', join(A, B)],
  ['large members', 'accepted', join(gzipSync(LARGE), gzipSync(LARGE), B)],
  ['stored, not compressed', 'accepted', gzipSync(LARGE, { level: 0 })],
  ['a thousand members', 'accepted', manyMembers()],
  ['an empty member', 'accepted', member(Buffer.alloc(0))],
  ['empty members around another', 'accepted', join(member(Buffer.alloc(0)), A, member(Buffer.alloc(0)))],
  ['only one level is undone', 'accepted', gzipSync(A)],

  ['one zero byte behind a member', 'refused', join(A, bytes(0))],
  ['one zero byte behind a large member', 'refused', join(gzipSync(LARGE), bytes(0))],
  ['512 zero bytes behind a member', 'refused', join(A, Buffer.alloc(512))],
  ['garbage behind a member', 'refused', join(A, 'garbage')],
  ['garbage behind a thousand members', 'refused', join(manyMembers(), 'garbage, long enough for a header')],
  ['the beginning of a magic number behind a member', 'refused', join(A, bytes(0x1f, 0x8b))],

  ['a wrong checksum', 'refused', flipped(A, A.length - 5)],
  ['a wrong length', 'refused', flipped(A, A.length - 1)],
  ['a wrong checksum of the second member', 'refused', join(A, flipped(B, B.length - 5))],
  ['a flipped bit in the middle of a large member', 'refused', flipped(gzipSync(LARGE), 100_000)],

  ['no trailer', 'accepted', A.subarray(0, -8)],
  ['no trailer of a large member', 'accepted', gzipSync(LARGE).subarray(0, -8)],
  ['no trailer of the second member', 'accepted', join(A, B.subarray(0, -8))],
  ['no trailer of the first member', 'refused', join(A.subarray(0, -8), B)],
  ['one byte of a trailer', 'refused', A.subarray(0, -7)],
  ['seven bytes of a trailer', 'refused', A.subarray(0, -1)],
  ['seven bytes of the second trailer', 'refused', join(A, B.subarray(0, -1))],
  ['an end in the compressed data', 'refused', A.subarray(0, -9)],
  ['an end in large compressed data', 'refused', gzipSync(LARGE).subarray(0, -1000)],
  ['an end in the header', 'refused', A.subarray(0, 9)],
  ['an end behind the header', 'refused', A.subarray(0, 10)],
  ['an end behind the second header', 'refused', join(A, header(0))],

  ['a name', 'accepted', member(HELLO, header(FNAME, text(4)))],
  ['a name of 511 bytes', 'accepted', member(HELLO, header(FNAME, text(511)))],
  ['a name of 512 bytes', 'refused', member(HELLO, header(FNAME, text(512)))],
  ['a name of 512 bytes in the second member', 'refused', join(A, member(WORLD, header(FNAME, text(512))))],
  ['a comment of 511 bytes', 'accepted', member(HELLO, header(FCOMMENT, text(511)))],
  ['a comment of 512 bytes', 'refused', member(HELLO, header(FCOMMENT, text(512)))],
  ['an empty extra field', 'accepted', member(HELLO, header(FEXTRA, uint16(0)))],
  ['the longest extra field', 'accepted', member(HELLO, header(FEXTRA, uint16(65535), Buffer.alloc(65535)))],
  ['every field', 'accepted', member(HELLO, header(FEXTRA | FNAME | FCOMMENT, uint16(2), 'ab', text(1), text(2)))],
  ['reserved flags', 'accepted', member(HELLO, header(0xe0))],
  ['reserved flags in the second member', 'accepted', join(A, member(WORLD, header(0xe0)))],

  ['a header checksum and nothing else', 'accepted', member(HELLO, join(header(FHCRC), crcOf(header(FHCRC))))],
  ['a wrong header checksum', 'refused', member(HELLO, header(FHCRC, uint16(0)))],
  ['a header checksum with a name, as RFC 1952 has it', 'refused', member(HELLO, join(NAMED, crcOf(NAMED)))],
  ['a header checksum of the first ten bytes', 'accepted', member(HELLO, join(NAMED, crcOf(NAMED.subarray(0, 10))))],

  ['an end in front of the extra field', 'accepted', join(A, header(FEXTRA))],
  ['an end in the length of the extra field', 'refused', join(A, header(FEXTRA), bytes(1))],
  ['an end behind the length of the extra field', 'accepted', join(A, header(FEXTRA, uint16(5)))],
  ['an end in the extra field', 'refused', join(A, header(FEXTRA, uint16(5), 'abc'))],
  ['an end in the name', 'accepted', join(A, header(FNAME, 'abc'))],
  ['an end in front of the header checksum', 'accepted', join(A, header(FHCRC))],
  ['an end in the header checksum', 'refused', join(A, header(FHCRC), bytes(1))],
  ['an end in the name of the first member', 'refused', header(FNAME, 'abc')],
];

describe('gzip is accepted or refused as by skopeo', () => {
  test.each(cases)('%s: %s', async (_, verdict, blob) => {
    const ours = await judgement(blob);
    expect(ours === 'refused' ? 'refused' : 'accepted').toBe(verdict);
    expect(ours).toBe(await skopeoLayer(blob));
  });

  test('but a second member that ends early is refused, where skopeo 1.9 silently drops the rest', async () => {
    const blob = join(A, B.subarray(0, -9));
    expect(await judgement(blob)).toBe('refused');
  });
});

test('members of every size are restored', async () => {
  const sizes = [0, 1, 100, 65_535, 65_536, 131_072, 131_073, 262_144, 262_145, 1_048_576, 1_200_000];
  const members = [...sizes, ...sizes.toReversed()].map((size) => LARGE.subarray(0, size));
  const blob = join(...members.map((content) => gzipSync(content, { level: 1 })));
  const content = join(...members);
  for (const pieces of [100, 4096, 1 << 20]) expect((await decompressed(blob, pieces)).equals(content)).toBe(true);
});

test('the size hint is the length in the last trailer', () => {
  expect(gzipSizeHint(gzipSync(LARGE).subarray(-4))).toBe(LARGE.length);
  expect(gzipSizeHint(bytes(0xff, 0xff, 0xff, 0xff))).toBe(2 ** 32 - 1);
});
