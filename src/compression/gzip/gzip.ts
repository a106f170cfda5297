import { crc32 } from 'node:zlib';
import type { BlobReader } from '../format/blob-reader.js';
import { CorruptLayerError, TruncatedLayerError } from '../format/compression.js';
import { skipGzipHeader } from './gzip-header.js';
import { Inflater } from './inflater.js';

const TRAILER = 8;

/**
 * Undoes gzip with exactly the strictness of skopeo's reader (Go's klauspost/pgzip): members are concatenated, nothing but another
 * member may follow one, CRC-32 and length are checked; but a blob may end without a trailer, when all its eight bytes are missing.
 * Each piece is valid until the next one is asked for.
 */
export async function* gunzip(reader: BlobReader): AsyncGenerator<Uint8Array, void, undefined> {
  if (!(await skipGzipHeader(reader))) throw new TruncatedLayerError('gzip');
  const inflater = Inflater.acquire();
  try {
    do {
      const sum = yield* inflateMember(reader, inflater);
      if (!(await checkTrailer(reader, sum))) break;
    } while (await skipGzipHeader(reader));
    // Members may be small; their contents are still passed on in large pieces.
    const rest = inflater.takeOutput();
    if (rest.length > 0) yield rest;
  } finally {
    inflater.release();
  }
}

/** What the trailer of a member says about its content. */
interface Sum {
  readonly crc: number;
  readonly length: number;
}

/** Yields the full pieces, and keeps the rest for the next call. */
async function* inflateMember(reader: BlobReader, inflater: Inflater): AsyncGenerator<Uint8Array, Sum> {
  const sum = { crc: 0, length: 0 };
  inflater.begin();
  for (;;) {
    const { used, output, isEnd } = inflater.inflate(await reader.peek(Inflater.ENOUGH));
    reader.skip(used);
    sum.crc = crc32(output, sum.crc);
    sum.length += output.length;
    if (inflater.isFull) yield inflater.takeOutput();
    if (isEnd) return sum;
  }
}

/** The uncompressed size of a gzip blob from its last four bytes: a hint, of the last member only and modulo 2^32. */
export function gzipSizeHint(last4: Uint8Array): number {
  return new DataView(last4.buffer, last4.byteOffset, last4.byteLength).getUint32(0, true);
}

/** False when the blob ends in place of the trailer. */
async function checkTrailer(reader: BlobReader, sum: Sum): Promise<boolean> {
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
