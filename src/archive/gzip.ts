import { crc32 } from 'node:zlib';
import type { BlobReader } from './blob-reader.js';
import { CorruptLayerError, TruncatedLayerError } from './compression.js';
import { skipGzipHeader } from './gzip-header.js';
import { inflate, inflateSmall } from './inflate.js';

const TRAILER = 8;
const SMALL_MEMBER = 128 * 1024;

/**
 * Undoes gzip with exactly the strictness of skopeo's reader (Go's klauspost/pgzip): members are concatenated, nothing but another
 * member may follow one, CRC-32 and length are checked; but a blob may end before the eight bytes of a trailer, where they are all missing.
 */
export async function* gunzip(reader: BlobReader): AsyncGenerator<Uint8Array, void, undefined> {
  if (!(await skipGzipHeader(reader))) throw new TruncatedLayerError('gzip');
  // A member that is not small is inflated twice as far as that shows; its neighbours are spared this.
  let next: 'small' | 'large' = 'small';
  do {
    const sum = { crc: 0, length: 0 };
    const whole: Uint8Array | undefined = next === 'small' ? await inflateSmall(reader) : undefined;
    for await (const piece of whole ? [whole] : inflate(reader)) {
      sum.crc = crc32(piece, sum.crc);
      sum.length += piece.length;
      if (piece.length > 0) yield piece;
    }
    if (!(await checkTrailer(reader, sum))) return;
    next = sum.length <= SMALL_MEMBER ? 'small' : 'large';
  } while (await skipGzipHeader(reader));
}

/** The uncompressed size of a gzip blob from its last four bytes: a hint, of the last member only and modulo 2^32. */
export function gzipSizeHint(last4: Uint8Array): number {
  return new DataView(last4.buffer, last4.byteOffset, last4.byteLength).getUint32(0, true);
}

/** False when the blob ends in place of the trailer. */
async function checkTrailer(reader: BlobReader, sum: { crc: number; length: number }): Promise<boolean> {
  const bytes = await reader.peek(TRAILER);
  if (bytes.length === 0) return false;
  if (bytes.length < TRAILER) throw new TruncatedLayerError('gzip');
  const trailer = new DataView(bytes.buffer, bytes.byteOffset, TRAILER);
  if (trailer.getUint32(0, true) !== sum.crc) throw new CorruptLayerError('gzip', 'a checksum does not match');
  if (trailer.getUint32(4, true) !== sum.length % 2 ** 32)
    throw new CorruptLayerError('gzip', 'a length does not match');
  reader.skip(TRAILER);
  return true;
}
