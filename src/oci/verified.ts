import { createHash } from 'node:crypto';
import { PullpinError } from '../errors.js';
import type { Descriptor } from './descriptor.js';
import { algorithmOf, type BlobDigest, hexOf } from './digest.js';

/** A blob is not the content that its digest promises. */
export class BlobMismatchError extends PullpinError {
  constructor(
    readonly digest: BlobDigest,
    readonly received: number,
    readonly actual: string,
  ) {
    super(
      `blob ${digest} is damaged: the ${received} bytes received have the digest ${actual}; try again, or push it again`,
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
