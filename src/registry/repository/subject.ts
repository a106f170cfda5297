import { type BlobDigest, isDigest } from '../../oci/digest.js';
import { formatRepository, type RepositoryName } from '../../oci/reference.js';
import type { Asked } from '../http/refusal.js';

/** What messages call a repository. */
export function shownNameOf(repository: RepositoryName): string {
  return repository.name ?? formatRepository(repository);
}

/** The manifest of a tag or a digest, for messages. They show no tag that was not typed. */
export function askedManifest(repository: RepositoryName, tagOrDigest: string): Asked {
  const shown = shownNameOf(repository);
  if (isDigest(tagOrDigest)) return askedByDigest(shown, tagOrDigest);
  const isMeant = tagOrDigest === 'latest' && repository.name !== undefined && repository.tag === undefined;
  if (isMeant) return { subject: shown, what: 'latest', repository: shown };
  return { subject: `${shown}:${tagOrDigest}`, what: 'tag', repository: shown };
}

/** Something that has a digest in a repository, which messages call `repository`. */
export function askedByDigest(repository: string, digest: BlobDigest, what: 'digest' | 'blob' = 'digest'): Asked {
  return { subject: `${repository}@${digest}`, what, repository };
}
