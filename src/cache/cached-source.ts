import { PullpinError } from '../errors.js';
import type { Descriptor } from '../oci/descriptor.js';
import { type BlobDigest, type Digest, isDigest } from '../oci/digest.js';
import type { DamageReport, ImageSource, ManifestOptions, RateLimit, StoredManifest } from '../oci/image-source.js';
import { parseManifest } from '../oci/manifest.js';
import { DOCKER_CONFIG, OCI_CONFIG } from '../oci/media-types.js';
import { digestOf, requireBlob } from '../oci/verified.js';
import type { Cache } from './cache.js';
import { manifestKey } from './known-manifests.js';

/** Configs above this size, in bytes, are rare and not worth keeping. */
const MAX_CONFIG = 1024 * 1024;

/**
 * A source that keeps the manifests and configs it has seen, because what a digest names never changes. The first question about an image (its
 * tag or its digest) still goes to the registry each time, so that a tag that has moved and an image that is gone are noticed. When the
 * repository is known, this costs one HEAD.
 */
export class CachedSource implements ImageSource {
  /** Digests that need no look-up of their own, because an index of this run lists them, and was looked up itself. */
  private readonly listed = new Set<string>();

  /** @param repository the repository's full name */
  constructor(
    private readonly source: ImageSource,
    private readonly cache: Cache,
    private readonly repository: string,
  ) {}

  get tlsVerify(): boolean {
    return this.source.tlsVerify;
  }

  get rateLimit(): RateLimit | undefined {
    return this.source.rateLimit;
  }

  resolve(tag: string): Promise<Digest> {
    return this.source.resolve(tag);
  }

  async isThere(digest: Digest): Promise<boolean> {
    return (await this.source.isThere?.(digest)) ?? false;
  }

  mediaTypeOf(digest: Digest): string | undefined {
    return this.source.mediaTypeOf?.(digest);
  }

  hasServed(digest: Digest): boolean {
    return this.source.hasServed?.(digest) ?? false;
  }

  async manifest(tagOrDigest: string, { lookUp = true }: ManifestOptions = {}): Promise<StoredManifest> {
    const needsLookUp = lookUp && !this.listed.has(tagOrDigest);
    return needsLookUp ? this.root(tagOrDigest) : this.child(tagOrDigest);
  }

  blob(descriptor: Descriptor, turn?: 'ahead'): AsyncIterable<Uint8Array> {
    const isConfig = CONFIG_TYPES.has(descriptor.mediaType) && descriptor.size <= MAX_CONFIG;
    return isConfig ? this.config(descriptor) : this.source.blob(descriptor, turn);
  }

  blobEnd(descriptor: Descriptor, length: number): Promise<Uint8Array | undefined> {
    return this.source.blobEnd(descriptor, length);
  }

  /** A list of tags is never kept: only the registry knows which tags there are now. */
  tags(): AsyncIterable<string> {
    if (!this.source.tags) throw new TypeError('a source without a list of tags was asked for it');
    return this.source.tags();
  }

  /** Signatures come and go, so that a list of them is never kept. */
  async referrers(digest: Digest): Promise<readonly StoredManifest[] | undefined> {
    return this.source.referrers?.(digest);
  }

  checkBlob(descriptor: Descriptor): Promise<void> {
    return requireBlob(this.source, descriptor);
  }

  reportDamage(digest: BlobDigest): DamageReport | undefined {
    return this.source.reportDamage?.(digest);
  }

  cameWithoutLength(digest: BlobDigest): boolean {
    return this.source.cameWithoutLength?.(digest) ?? false;
  }

  private async root(tagOrDigest: string): Promise<StoredManifest> {
    if (!this.cache.get('repository', this.repository)) {
      this.cache.set('repository', this.repository, '');
      return this.keep(await this.source.manifest(tagOrDigest));
    }
    const digest = await this.source.resolve(tagOrDigest);
    return this.kept(digest) ?? this.keep(await this.source.manifest(digest));
  }

  private async child(digest: string): Promise<StoredManifest> {
    return this.kept(digest) ?? this.keep(await this.source.manifest(digest));
  }

  private kept(digest: string): StoredManifest | undefined {
    const entry = isDigest(digest) ? this.cache.get('content', this.manifestKey(digest)) : undefined;
    const lineEnd = entry?.indexOf(0x0a) ?? -1;
    if (!entry || lineEnd < 0 || !isDigest(digest)) return undefined;
    const bytes = entry.subarray(lineEnd + 1);
    const mediaType = Buffer.from(entry.subarray(0, lineEnd)).toString('utf8');
    if (digestOf(bytes) !== digest) return undefined;
    const manifest = { bytes, mediaType, digest };
    return this.isSound(manifest) ? manifest : undefined;
  }

  /**
   * Keeps a manifest that can be parsed. The media type decides what it is, and comes from the registry alone: it is kept with the manifest,
   * and for this repository only. What cannot be parsed may come from a faulty server, and is asked for again.
   */
  private keep(manifest: StoredManifest): StoredManifest {
    const { digest, mediaType, bytes } = manifest;
    if (this.isSound(manifest) && !mediaType.includes('\n'))
      this.cache.set('content', this.manifestKey(digest), Buffer.concat([Buffer.from(`${mediaType}\n`), bytes]));
    return manifest;
  }

  private manifestKey(digest: Digest): string {
    return manifestKey(this.repository, digest);
  }

  /** Whether a manifest can be parsed. Notes what an index lists. */
  private isSound(stored: StoredManifest): boolean {
    try {
      const manifest = parseManifest(stored);
      if (manifest.type === 'index') for (const { digest } of manifest.entries) this.listed.add(digest);
      return true;
    } catch (error) {
      if (error instanceof PullpinError) return false;
      throw error;
    }
  }

  /** The reader of a config checks its digest, wherever the config comes from. */
  private async *config(descriptor: Descriptor): AsyncGenerator<Uint8Array> {
    const kept = this.cache.get('content', descriptor.digest);
    if (kept && digestOf(kept) === descriptor.digest) {
      yield kept;
      return;
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this.source.blob(descriptor)) {
      size += chunk.length;
      if (size <= MAX_CONFIG) chunks.push(chunk);
      yield chunk;
    }
    const bytes = Buffer.concat(chunks);
    if (digestOf(bytes) === descriptor.digest) this.cache.set('content', descriptor.digest, bytes);
  }
}

const CONFIG_TYPES: ReadonlySet<string> = new Set([OCI_CONFIG, DOCKER_CONFIG]);
