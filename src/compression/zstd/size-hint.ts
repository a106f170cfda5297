import { CorruptLayerError, LayerFormatError, TruncatedLayerError } from '../format/compression.js';

/** What the header of a zstd frame says (RFC 8878, 3.1.1.1); `length` is that of the header itself, magic number included. */
export interface ZstdFrameHeader {
  readonly length: number;
  readonly windowSize: number;
  readonly contentSize: number | undefined;
  readonly hasChecksum: boolean;
}

const ZSTD_MAGIC = 0xfd2fb528;
/** No header is longer. */
export const ZSTD_HEADER_MAX = 18;
/** What skopeo's decoder takes; a frame without a window descriptor must fit as a whole. */
const WINDOW_MAX = 2 ** 29;
const WINDOW_MIN = 1024;

/**
 * The uncompressed size of a zstd blob from its first 18 bytes, where its first frame gives it: a hint, because more frames may follow.
 */
export function zstdSizeHint(firstBytes: Uint8Array): number | undefined {
  try {
    return readZstdHeader(firstBytes).contentSize;
  } catch (error) {
    if (error instanceof LayerFormatError) return undefined;
    throw error;
  }
}

/** Reads a frame's header from the bytes at hand. Throws a LayerFormatError for a frame that cannot be decoded. */
export function readZstdHeader(bytes: Uint8Array): ZstdFrameHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 5) throw new TruncatedLayerError('zstd');
  if (view.getUint32(0, true) !== ZSTD_MAGIC) {
    throw new CorruptLayerError('zstd', 'something other than a frame follows a frame');
  }
  const flags = view.getUint8(4);
  const isSingle = (flags & 0x20) !== 0;
  const dictionaryLength = [0, 1, 2, 4][flags & 3] ?? 0;
  const contentLength = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const dictionaryAt = isSingle ? 5 : 6;
  const contentAt = dictionaryAt + dictionaryLength;
  const length = contentAt + contentLength;
  if (bytes.length < length) throw new TruncatedLayerError('zstd');
  if ((flags & 0x08) !== 0) throw new CorruptLayerError('zstd', "a reserved bit is set in a frame's header");
  if (bytes.subarray(dictionaryAt, contentAt).some((byte) => byte !== 0)) {
    throw new LayerFormatError(
      'zstd',
      'the data need a dictionary, which an image cannot bring along; push it without',
    );
  }
  const contentSize = readContentSize(view, contentAt, contentLength);
  const windowSize = isSingle ? Math.max(contentSize ?? 0, WINDOW_MIN) : readWindowSize(view.getUint8(5));
  if (windowSize > WINDOW_MAX) {
    throw new LayerFormatError(
      'zstd',
      `the window is larger than 512 MiB, which skopeo refuses; push with less than zstd --long=30`,
    );
  }
  return { length, windowSize, contentSize, hasChecksum: (flags & 0x04) !== 0 };
}

function readWindowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function readContentSize(view: DataView, at: number, length: number): number | undefined {
  switch (length) {
    case 0:
      return undefined;
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true) + 256;
    case 4:
      return view.getUint32(at, true);
    default:
      return Number(view.getBigUint64(at, true));
  }
}
