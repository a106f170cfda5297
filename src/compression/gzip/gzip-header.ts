import { crc32 } from 'node:zlib';
import type { BlobReader } from '../format/blob-reader.js';
import { CorruptLayerError, TruncatedLayerError } from '../format/compression.js';

const FIXED_PART = 10;
const HAS_CRC = 0x02;
const HAS_EXTRA = 0x04;
const HAS_NAME = 0x08;
const HAS_COMMENT = 0x10;
const LONGEST_TEXT = 511;

/**
 * Skips the header of a gzip member (RFC 1952, 2.3). False when the blob ends before it, and also where the blob ends between two of its
 * fields: Go's reader takes both for the end of the file.
 */
export async function skipGzipHeader(reader: BlobReader): Promise<boolean> {
  const fixed = await take(reader, FIXED_PART);
  if (!fixed) return false;
  if (fixed[0] !== 0x1f || fixed[1] !== 0x8b || fixed[2] !== 0x08) {
    throw new CorruptLayerError('gzip', 'something other than a member follows a member');
  }
  const flags = fixed[3] ?? 0; // reserved ones are not looked at
  if (flags & HAS_EXTRA && !(await skipExtra(reader))) return false;
  if (flags & HAS_NAME && !(await skipText(reader))) return false;
  if (flags & HAS_COMMENT && !(await skipText(reader))) return false;
  return flags & HAS_CRC ? await checkHeaderCrc(reader, fixed) : true;
}

async function skipExtra(reader: BlobReader): Promise<boolean> {
  const length = await takeUint16(reader);
  if (length === undefined) return false;
  return length === 0 || (await take(reader, length)) !== undefined;
}

async function skipText(reader: BlobReader): Promise<boolean> {
  const bytes = await reader.peek(LONGEST_TEXT + 1);
  const length = bytes.subarray(0, LONGEST_TEXT + 1).indexOf(0);
  if (length < 0 && bytes.length <= LONGEST_TEXT) {
    reader.skip(bytes.length);
    return false;
  }
  if (length < 0) throw new CorruptLayerError('gzip', `a name or comment has more than ${LONGEST_TEXT} bytes`);
  reader.skip(length + 1);
  return true;
}

/** RFC 1952 wants the checksum of the whole header; skopeo compares with that of the first ten bytes. */
async function checkHeaderCrc(reader: BlobReader, fixed: Uint8Array): Promise<boolean> {
  const stored = await takeUint16(reader);
  if (stored === undefined) return false;
  if (stored !== (crc32(fixed) & 0xffff)) throw new CorruptLayerError('gzip', "a header's checksum does not match");
  return true;
}

async function takeUint16(reader: BlobReader): Promise<number | undefined> {
  const bytes = await take(reader, 2);
  return bytes && (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
}

/** A copy of the next bytes; undefined when the blob has ended; throws when it ends before that. */
async function take(reader: BlobReader, length: number): Promise<Uint8Array | undefined> {
  const bytes = await reader.peek(length);
  if (bytes.length === 0) return undefined;
  if (bytes.length < length) throw new TruncatedLayerError('gzip');
  reader.skip(length);
  return Buffer.from(bytes.subarray(0, length));
}
