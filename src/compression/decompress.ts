import { BlobReader } from './format/blob-reader.js';
import { compressionOf, LayerFormatError, MAGIC_LENGTH } from './format/compression.js';
import { gunzip } from './gzip/gzip.js';

export { type Compression, compressionOf, LayerFormatError } from './format/compression.js';

/**
 * The bytes of a layer with one level of compression undone, exactly those that skopeo would write, in pieces of up to 1 MiB, each valid
 * until the next one is asked for. What skopeo would refuse throws a LayerFormatError, bzip2 and xz too; an error of the blob passes
 * unchanged. Pieces that came before an error must not be used. Leaving the loop early closes the blob.
 */
export async function* decompress(blob: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, undefined, undefined> {
  const reader = new BlobReader(blob);
  try {
    const compression = compressionOf(await reader.peek(MAGIC_LENGTH));
    switch (compression) {
      case undefined:
        yield* asItIs(reader);
        return undefined;
      case 'gzip':
        yield* gunzip(reader);
        return undefined;
      case 'zstd': {
        const { unzstd } = await import('./zstd/unzstd.js');
        yield* unzstd(reader);
        return undefined;
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
