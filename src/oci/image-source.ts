import type { Descriptor } from './descriptor.js';
import type { BlobDigest, Digest } from './digest.js';
import type { RepositoryName } from './reference.js';

/** How much may still be asked for, in the words of `draft-ietf-httpapi-ratelimit-headers` as Docker Hub sends them. */
export interface RateLimit {
  readonly limit?: number | undefined;
  readonly remaining?: number | undefined;
  readonly windowSeconds?: number | undefined;
  /** The address or account that is counted. */
  readonly source?: string | undefined;
}

/** The exact bytes of a manifest; `digest` was checked against them, `mediaType` is what its Content-Type said (parameters dropped, lower case). */
export interface StoredManifest {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly digest: Digest;
}

/** Who sent bytes that do not have their digest. */
export interface DamageReport {
  /** `host[:port]` of each. */
  readonly hosts: readonly string[];
  /** Whether another reading leaves one of them out. */
  readonly hasOtherPlace: boolean;
}

/** How a manifest is asked for. */
export interface ManifestOptions {
  /**
   * Whether a source that keeps manifests must ask for a digest that it has kept; true when omitted. With false, the caller knows that the
   * repository still has the digest, or needs no proof of it.
   */
  readonly lookUp?: boolean;
}

/**
 * Where the manifests and blobs of one repository come from: a registry, or an OCI layout on disk.
 * The reader of a blob checks its digest; see `verified`.
 */
export interface ImageSource {
  /** False once something came over plain HTTP, or over TLS whose certificate was not verified: the pin must then say tlsVerify = false. */
  readonly tlsVerify: boolean;
  /** What the source said last of how much may still be asked for. */
  readonly rateLimit?: RateLimit | undefined;
  /** The digest that a tag has now. One HEAD for a registry. */
  resolve(tag: string): Promise<Digest>;
  /** Whether a digest is there, by one question that is not repeated: false where it is not, and where another question may still find it. */
  isThere?(digest: Digest): Promise<boolean>;
  /** The media type that came with a digest when it was resolved; undefined where none did. */
  mediaTypeOf?(digest: Digest): string | undefined;
  /** Whether this source has already given the manifest of a digest when it was asked by that digest, and not by a tag or from a cache. */
  hasServed?(digest: Digest): boolean;
  /** The manifest under a tag or a digest, at most 4 MiB, its digest checked. */
  manifest(tagOrDigest: string, options?: ManifestOptions): Promise<StoredManifest>;
  /**
   * The blob's bytes as they are stored, in pieces, from its beginning; nothing of them has been checked. Nothing is opened before the first piece is asked for.
   * One that is opened ahead of its turn has a reader that may pause for as long as another blob takes. What is in its turn must never wait for
   * such a reader, and so such a blob takes no place that the other one needs.
   */
  blob(descriptor: Descriptor, turn?: 'ahead'): AsyncIterable<Uint8Array>;
  /** Makes sure that a blob is there, without reading it: one HEAD for a registry. Throws a PullpinError. */
  checkBlob?(descriptor: Descriptor): Promise<void>;
  /** Says that the bytes of a blob did not have its digest, so that a mirror that sent them is not asked for it again. */
  reportDamage?(digest: BlobDigest): DamageReport | undefined;
  /** Whether a blob, when it was read, came from a server that did not say how long it is. */
  cameWithoutLength?(digest: BlobDigest): boolean;
  /** All tags, in the registry's order, page by page: a page is fetched when its first tag is asked for. A layout on disk has no such list. */
  tags?(): AsyncIterable<string>;
  /** What refers to a digest: pages of an OCI index, at most 4 MiB each; undefined where the registry has no such lists. A layout on disk has none. */
  referrers?(digest: Digest): Promise<readonly StoredManifest[] | undefined>;
  /** The last `length` bytes of a blob without reading the rest, unchecked; undefined where the source cannot do that. */
  blobEnd(descriptor: Descriptor, length: number): Promise<Uint8Array | undefined>;
}

/** An image that was opened by itself. */
export interface OpenedImage {
  readonly source: ImageSource;
  /** What it is looked up by in its source, in place of the tag or digest of its name. */
  readonly digest?: Digest;
}

/** A repository whose tags can be listed. */
export interface TaggedSource extends ImageSource {
  tags(): AsyncIterable<string>;
}

/** Opens repositories, of whatever registry. Nothing is connected before the first question. */
export interface Registries<Source extends ImageSource = ImageSource> {
  /**
   * Opens one repository.
   *
   * @param options with `unverified`, TLS need not be verified and no credentials are sent: for a pin that says `tlsVerify = false`
   */
  repository(name: RepositoryName, options?: { readonly unverified?: boolean }): Source;
}
