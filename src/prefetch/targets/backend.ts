import type { Digest } from '../../oci/digest.js';
import type { RepositoryName } from '../../oci/reference.js';

/** Another program that makes what Nix would fetch, and hashes it. */
export interface HashBackend {
  /** Whether pullpin computes the hash as well, and both must be the same; otherwise only this backend computes it. */
  readonly isCompared: boolean;
  /**
   * The hash and the size, in bytes, of what Nix would fetch of an image of a registry. `digest` is that of the image's own manifest, `tlsVerify` false
   * for a registry without verified TLS, `archive` the name and the tag inside; without it, the folder of nix2container. Throws a PullpinError.
   */
  hash(
    image: { readonly name: RepositoryName; readonly digest: Digest; readonly tlsVerify: boolean },
    archive: { readonly name: string; readonly tag: string } | undefined,
  ): Promise<{ readonly sha256: Digest; readonly size: number }>;
}
