import { PullpinError } from '../../errors.js';
import type { Descriptor } from '../../oci/descriptor.js';
import type { ImageSource } from '../../oci/image-source.js';

/** Where blobs come from. */
export type BlobSource = Pick<ImageSource, 'blob' | 'blobEnd' | 'reportDamage' | 'cameWithoutLength'>;

/** A server sends more bytes than the blob can have. */
export class EndlessBlobError extends PullpinError {}

/** Bytes that may come beyond the size in the manifest: skopeo never compares it, and there are manifests that give too little. */
const TOLERANCE = 64 * 1024 * 1024;

/**
 * The same source with a limit for each blob: reading one fails 64 MiB beyond the size in its descriptor, or beyond `unsizedLimit` bytes when
 * the descriptor gives no size.
 */
export function boundedSource(source: BlobSource, unsizedLimit: number): BlobSource {
  return {
    reportDamage: (digest) => source.reportDamage?.(digest),
    cameWithoutLength: (digest) => source.cameWithoutLength?.(digest) ?? false,
    blob: (descriptor, turn) => bounded(source.blob(descriptor, turn), descriptor, unsizedLimit),
    blobEnd: (descriptor, length) => source.blobEnd(descriptor, length),
  };
}

async function* bounded(
  blob: AsyncIterable<Uint8Array>,
  { digest, size }: Descriptor,
  unsizedLimit: number,
): AsyncGenerator<Uint8Array> {
  let received = 0;
  for await (const chunk of blob) {
    received += chunk.length;
    if (size > 0 && received > size + TOLERANCE)
      throw new EndlessBlobError(
        `blob ${digest} does not end: more than 64 MiB came beyond the ${size} bytes that the manifest gives; try again, or push it again`,
      );
    if (size <= 0 && received > unsizedLimit)
      throw new EndlessBlobError(
        `blob ${digest} has more than ${unsizedLimit} bytes, and the manifest does not give its size: push it again, or allow more with --max-spool`,
      );
    yield chunk;
  }
}
