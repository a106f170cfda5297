import { isDigest } from '../../oci/digest.js';
import { formatRepository, type RepositoryName } from '../../oci/reference.js';

/** What messages call a repository. */
export function shownNameOf(repository: RepositoryName): string {
  return repository.name ?? formatRepository(repository);
}

/** What messages call an image of it. They show no tag that was not typed. */
export function subjectOf(repository: RepositoryName, tagOrDigest: string): string {
  const shown = shownNameOf(repository);
  const isMeant = tagOrDigest === 'latest' && repository.name !== undefined && repository.tag === undefined;
  return isMeant ? shown : `${shown}${isDigest(tagOrDigest) ? '@' : ':'}${tagOrDigest}`;
}
