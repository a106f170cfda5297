import type { RepositoryName } from '../../oci/reference.js';

/** A place where a repository can be read: the registry itself, or a mirror of it. */
export interface Endpoint extends RepositoryName {
  /** `host[:port]`, to be spoken to as it is. */
  readonly registry: string;
  /** The repository's name there. */
  readonly repository: string;
  /** A stand-in: tried before the registry itself, and its failures are not fatal. */
  readonly mirror?: boolean;
  /** Plain HTTP and unverified TLS are allowed. */
  readonly insecure?: boolean;
}

/** What the image is asked by: a mirror may be good for digests only. */
export type AskedBy = 'tag' | 'digest';
