import { type Digest, isDigest } from '../oci/digest.js';
import type { Cache } from './cache.js';

/** A tag or digest leads to one of an index, and to that of an image in it. */
const MAX_DIGESTS = 2;

/** The digests that an image led to when it was last looked up, for one platform. They may be of yesterday: they are good for a question, not for an answer. */
export function lastDigests(cache: Cache, image: string): readonly Digest[] {
  const digests = cache.getFields('digests', image)?.['digests'];
  return Array.isArray(digests) ? digests.slice(0, MAX_DIGESTS).filter(isDigest) : [];
}

/** Keeps the digests that an image leads to now. */
export function rememberDigests(cache: Cache, image: string, digests: readonly Digest[]): void {
  cache.set('digests', image, JSON.stringify({ digests }));
}
