import { PullpinError } from '../../errors.js';

/** How a layer is compressed, as far as skopeo recognises it by its first bytes. */
export type Compression = 'gzip' | 'zstd' | 'bzip2' | 'xz';

/** A layer's bytes are not valid for their compression. The message names no layer: the caller, which knows the layer, makes this the cause of its own error. */
export class LayerFormatError extends PullpinError {
  constructor(
    readonly compression: Compression,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`${compression}: ${problem}`, options);
  }
}

/** A layer ends in the middle of its compressed data. */
export class TruncatedLayerError extends LayerFormatError {
  constructor(compression: Compression) {
    super(compression, 'the data end too early; the layer was stored incompletely, push the image again');
  }
}

/** A layer contradicts itself: `detail` says where, for a reader who wants to look into it. */
export class CorruptLayerError extends LayerFormatError {
  constructor(
    compression: Compression,
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(compression, `the data are damaged (${detail}); skopeo refuses them too, push the image again`, options);
  }
}

const MAGIC: readonly (readonly [Compression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

/** This many first bytes decide in every case. */
export const MAGIC_LENGTH = 6;

/**
 * The compression of a layer by its first bytes, as skopeo decides it; undefined means that the layer is taken as it is. The media type
 * does not matter, and a zstd blob that begins with a skippable frame is not recognised.
 */
export function compressionOf(firstBytes: Uint8Array): Compression | undefined {
  return MAGIC.find(([, magic]) => magic.every((byte, index) => firstBytes[index] === byte))?.[0];
}
