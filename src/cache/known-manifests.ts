import { INDEX_TYPES } from '../oci/media-types.js';
import { formatRepository, InvalidReferenceError, splitName } from '../oci/reference.js';
import type { Cache } from './cache.js';

/** What a digest is of: an index of several platforms, or the manifest of one. */
type DigestKind = 'index' | 'platform';

/** Where the manifest of a digest is kept, for one repository: the media type that says what it is comes from that registry alone. */
export function manifestKey(repository: string, digest: string): string {
  return `${repository}@${digest}`;
}

/** What a digest of an image is of, when an earlier run has seen its manifest; undefined otherwise. */
export function knownDigestKind(cache: Cache, imageName: string, digest: string): DigestKind | undefined {
  const repository = repositoryOf(imageName);
  const entry = repository === undefined ? undefined : cache.get('content', manifestKey(repository, digest));
  const lineEnd = entry?.indexOf(0x0a) ?? -1;
  if (!entry || lineEnd < 0) return undefined;
  return INDEX_TYPES.has(Buffer.from(entry.subarray(0, lineEnd)).toString('utf8')) ? 'index' : 'platform';
}

function repositoryOf(imageName: string): string | undefined {
  try {
    return formatRepository(splitName(imageName));
  } catch (error) {
    if (error instanceof InvalidReferenceError) return undefined;
    throw error;
  }
}
