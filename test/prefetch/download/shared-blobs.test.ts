import { expect, test } from 'vitest';
import type { BlobDigest } from '../../../src/oci/digest.js';
import type { DamageReport } from '../../../src/oci/image-source.js';
import { BlobMismatchError, digestOf } from '../../../src/oci/verified.js';
import type { BlobSource } from '../../../src/prefetch/download/bounded-source.js';
import { SharedBlobs } from '../../../src/prefetch/download/shared-blobs.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const MIB = 1024 * 1024;
const bytesOf = (text: string, size = 3 * MIB) => Buffer.alloc(size, text);
const [SHARED, OWN] = [bytesOf('shared'), bytesOf('own')];
const descriptorOf = (bytes: Uint8Array) => ({ mediaType: 'layer', digest: digestOf(bytes), size: bytes.length });

/** A source that counts what is read, and sends what `send` makes of a blob. */
function counting(send: (bytes: Uint8Array, reading: number) => Uint8Array = (bytes) => bytes) {
  const blobs = new Map([SHARED, OWN].map((bytes) => [digestOf(bytes), bytes] as const));
  const reads: string[] = [];
  const damaged: string[] = [];
  const source: BlobSource = {
    async *blob({ digest }) {
      reads.push(digest);
      const bytes = send(blobs.get(digest as never) ?? Buffer.alloc(0), reads.length);
      for (let at = 0; at < bytes.length; at += MIB) yield bytes.subarray(at, at + MIB);
    },
    blobEnd: async () => undefined,
    reportDamage(digest: BlobDigest): DamageReport {
      damaged.push(digest);
      return { hosts: ['mirror.example'], hasOtherPlace: damaged.length < 2 };
    },
  };
  return { source, reads, damaged };
}

function sharing(source: BlobSource, settings: { maxSpool?: number; temporaryFolder?: string } = {}) {
  const blobs = new SharedBlobs(source, { temporaryFolder: temporaryFolder(), ...settings });
  blobs.share(new Set([digestOf(SHARED)]));
  return blobs;
}

async function read(blobs: BlobSource, bytes: Uint8Array): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of blobs.blob(descriptorOf(bytes))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('a shared blob is read once for all its readers, and every other one by each', async () => {
  const { source, reads } = counting();
  const blobs = sharing(source);
  const all = await Promise.all([read(blobs, SHARED), read(blobs, OWN), read(blobs, SHARED), read(blobs, OWN)]);
  expect(all.map((bytes, at) => bytes.equals(at % 2 === 0 ? SHARED : OWN))).toEqual([true, true, true, true]);
  expect((await read(blobs, SHARED)).equals(SHARED)).toBe(true);
  expect(reads.filter((digest) => digest === digestOf(SHARED))).toHaveLength(1);
  expect(reads.filter((digest) => digest === digestOf(OWN))).toHaveLength(2);
  await blobs.close();
});

test('a reader that stops in the middle keeps nothing from the others', async () => {
  const blobs = sharing(counting().source);
  const first = blobs.blob(descriptorOf(SHARED))[Symbol.asyncIterator]();
  await first.next();
  expect((await read(blobs, SHARED)).equals(SHARED)).toBe(true);
  await first.return?.(undefined);
  await blobs.close();
});

test.each([
  ['is too large', { maxSpool: MIB }],
  ['has no room', { temporaryFolder: '/no/such/folder' }],
])('what %s to be kept is read by each reader', async (_, settings) => {
  const { source, reads } = counting();
  const blobs = sharing(source, settings);
  expect((await Promise.all([read(blobs, SHARED), read(blobs, SHARED)])).every((bytes) => bytes.equals(SHARED))).toBe(
    true,
  );
  expect(reads.length).toBeGreaterThanOrEqual(2);
  await blobs.close();
});

test('a damaged blob is read again from another place, before any reader sees it', async () => {
  const { source, reads, damaged } = counting((bytes, reading) => (reading === 1 ? Buffer.alloc(bytes.length) : bytes));
  const blobs = sharing(source);
  expect((await Promise.all([read(blobs, SHARED), read(blobs, SHARED)])).every((bytes) => bytes.equals(SHARED))).toBe(
    true,
  );
  expect({ reads: reads.length, damaged: damaged.length }).toEqual({ reads: 2, damaged: 1 });
  await blobs.close();
});

test('a blob that is damaged everywhere is an error for each reader, and none gets a byte of it', async () => {
  const { source } = counting((bytes) => Buffer.alloc(bytes.length));
  const blobs = sharing(source);
  const failures = await Promise.allSettled([read(blobs, SHARED), read(blobs, SHARED)]);
  for (const failure of failures)
    expect(failure).toMatchObject({ status: 'rejected', reason: expect.any(BlobMismatchError) });
  await blobs.close();
});
