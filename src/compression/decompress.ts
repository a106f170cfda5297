import { BlobReader } from './format/blob-reader.js';
import { compressionOf, LayerFormatError, MAGIC_LENGTH } from './format/compression.js';
import { gunzip } from './gzip/gzip.js';

export { type Compression, compressionOf, LayerFormatError } from './format/compression.js';

/**
 * The bytes of a layer with one level of compression undone, exactly those that skopeo would write, in pieces of up to 1 MiB, each valid
 * until the next one is asked for. What skopeo would refuse throws a LayerFormatError, bzip2 and xz too; an error of the blob passes
 * unchanged. Pieces that came before an error must not be used. Leaving the loop early closes the blob.
 */
export async function* decompress(blob: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = new BlobReader(blob);
  try {
    const compression = compressionOf(await reader.peek(MAGIC_LENGTH));
    switch (compression) {
      case undefined:
        return yield* asItIs(reader);
      case 'gzip':
        return yield* gunzip(reader);
      case 'zstd': {
        const { unzstd } = await import('./zstd/unzstd.js');
        return yield* unzstd(reader);
      }
      default:
        throw new LayerFormatError(compression, 'this compression is not supported; push the image with gzip or zstd');
    }
  } finally {
    await reader.close();
  }
}

async function* asItIs(reader: BlobReader): AsyncGenerator<Uint8Array, void, undefined> {
  for (let bytes = await reader.peek(); bytes.length > 0; bytes = await reader.peek()) {
    reader.skip(bytes.length);
    yield bytes;
  }
}
