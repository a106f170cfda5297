import type { RepositoryName } from '../../oci/reference.js';

/** A place where a repository can be read: the registry itself, or a mirror of it. */
export interface Endpoint extends RepositoryName {
  /** `host[:port]`, to which requests are sent. */
  readonly registry: string;
  /** The repository's name there. */
  readonly repository: string;
  /** A mirror: it is tried before the registry itself, and its failures are not fatal. */
  readonly mirror?: boolean;
  /** Plain HTTP and unverified TLS are allowed. */
  readonly insecure?: boolean;
}

/** Whether an image is looked up by tag or by digest: a mirror may serve digests only. */
export type AskedBy = 'tag' | 'digest';
