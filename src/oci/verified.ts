import { createHash } from 'node:crypto';
import { PullpinError } from '../errors.js';
import type { Descriptor } from './descriptor.js';
import { algorithmOf, type BlobDigest, type Digest, hexOf } from './digest.js';
import type { ImageSource } from './image-source.js';

/** The digest of some bytes. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** A blob is not the content that its digest promises. */
export class BlobMismatchError extends PullpinError {
  constructor(
    readonly digest: BlobDigest,
    readonly received: number,
    readonly actual: string,
    /** `host[:port]` of those who sent it, where that is known. */
    readonly hosts: readonly string[] = [],
  ) {
    const from = hosts.length === 0 ? '' : ` from ${hosts.join(' and ')}`;
    super(
      `blob ${digest} is damaged: the ${received} bytes received${from} have the digest ${actual}; try again, or push it again`,
    );
  }
}

/** Passes a blob through and throws a BlobMismatchError at its end when its digest is another one. */
export async function* verified(blob: AsyncIterable<Uint8Array>, { digest }: Descriptor): AsyncGenerator<Uint8Array> {
  const algorithm = algorithmOf(digest);
  const hash = createHash(algorithm);
  let received = 0;
  for await (const chunk of blob) {
    hash.update(chunk);
    received += chunk.length;
    yield chunk;
  }
  const actual = hash.digest('hex');
  if (actual !== hexOf(digest)) throw new BlobMismatchError(digest, received, `${algorithm}:${actual}`);
}

/**
 * Does something that reads blobs. When a blob was damaged and can be read from another place, it does it again. The error names the hosts that
 * sent the damaged blob.
 */
export async function withoutDamage<T>(source: Pick<ImageSource, 'reportDamage'>, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const report = error instanceof BlobMismatchError ? source.reportDamage?.(error.digest) : undefined;
    if (!report || !(error instanceof BlobMismatchError)) throw error;
    if (report.hasOtherPlace) return withoutDamage(source, act);
    throw new BlobMismatchError(error.digest, error.received, error.actual, report.hosts);
  }
}

/** Makes sure that a source has a blob: as cheaply as the source can say it, or by the blob's first bytes. Throws a PullpinError. */
export async function requireBlob(source: Pick<ImageSource, 'checkBlob' | 'blob'>, blob: Descriptor): Promise<void> {
  if (source.checkBlob) return source.checkBlob(blob);
  for await (const _ of source.blob(blob)) return;
}
