import type { Cache } from '../cache/cache.js';
import { CachedSource } from '../cache/cached-source.js';
import { oncePerKey } from '../concurrency/once-per-key.js';
import { choosePlatform } from '../oci/choose-platform.js';
import type { Descriptor } from '../oci/descriptor.js';
import { type Digest, parseDigest } from '../oci/digest.js';
import { type ImageFacts, imageFacts } from '../oci/image-facts.js';
import type { ImageSource } from '../oci/image-source.js';
import { type ImageManifest, parseManifest } from '../oci/manifest.js';
import { INDEX_TYPES } from '../oci/media-types.js';
import type { Platform } from '../oci/platform.js';
import { formatRepository, type RepositoryName } from '../oci/reference.js';
import { requireBlob } from '../oci/verified.js';
import { fetchConfig } from '../prefetch/image/config.js';
import { cachedHash, createPrefetch } from '../prefetch/prefetch.js';
import type { Prefetched, Target } from '../prefetch/targets/target.js';
import { checkServed } from './check-served.js';
import type { FinalNames, KeptPrefetch } from './keep-archive.js';
import { listTags } from './list-tags.js';
import type { LookUpOptions } from './look-up-options.js';
import { fetchEntry } from './resolve.js';

/** A repository as a pin names it. */
export interface PinnedRepository extends RepositoryName {
  readonly unverified: boolean;
}

/** All look-ups of one run. Each question is asked once, however many pins need its answer. */
export class LookUps {
  readonly repository: (name: PinnedRepository) => RepositoryLookUps;

  constructor(private readonly options: LookUpOptions) {
    this.repository = oncePerKey(
      (name) => new RepositoryLookUps(this.openSource(name), name, this.options),
      (name) => `${formatRepository(name)} ${name.unverified}`,
    );
  }

  private openSource(name: PinnedRepository): ImageSource {
    const { registries, cache } = this.options;
    const source = registries.repository(name, { unverified: name.unverified });
    return cache ? new CachedSource(source, cache, formatRepository(name)) : source;
  }
}

/** The look-ups in one repository. */
export class RepositoryLookUps {
  /** Configs that came with a download, by the digests of their manifests. */
  private readonly configs = new Map<Digest, Uint8Array>();

  constructor(
    private readonly source: ImageSource,
    private readonly name: RepositoryName,
    private readonly options: LookUpOptions,
  ) {}

  private list: Promise<readonly string[]> | undefined;

  /** All tags of the repository: one list for the whole run. Throws a PullpinError. */
  tags(): Promise<readonly string[]> {
    this.list ??= listTags(this.source, formatRepository(this.name));
    return this.list;
  }

  /** What a tag resolves to: one HEAD. */
  readonly resolve = oncePerKey((tag: string): Promise<Digest> => this.source.resolve(tag));

  /** An image or an index. What a tag resolved to a moment ago, or what a file says, is not looked up before it is fetched. */
  readonly manifest = oncePerKey(async (digest: Digest) =>
    parseManifest(await this.source.manifest(digest, { lookUp: false })),
  );

  /** The image of a platform, through the index if there is one. */
  image(digest: Digest, platform: Platform): Promise<ImageManifest> {
    return this.imageOf({ digest, platform });
  }

  /** The platform of the only image of an index whose hash for the target is in the cache and is this one; free without a cache. */
  async platformOfHash(index: Digest, sha256: Digest, target: Target): Promise<Platform | undefined> {
    const { cache } = this.options;
    const root = cache && (await this.manifest(index));
    if (!cache || root?.type !== 'index') return undefined;
    const fitting = root.entries.filter((entry) => cachedHash(cache, entry, target)?.sha256 === sha256);
    return fitting.length === 1 ? fitting[0]?.platform : undefined;
  }

  /** What the image's config says: one request, or none when the image was downloaded. */
  readonly facts = oncePerKey(
    async (manifest: ImageManifest): Promise<ImageFacts> =>
      imageFacts(this.configs.get(manifest.stored.digest) ?? (await fetchConfig(this.source, manifest)).bytes),
    digestOfImage,
  );

  /** The hash of an image for a target: one download for all archives of the image, or none when the cache has the hash. */
  prefetch(manifest: ImageManifest, target: Target): Promise<Prefetched> {
    return this.prefetchFor({ manifest, target });
  }

  /** The same for what a new pin fetches, which is kept where the run keeps archives. `names` are as the pin's call has them. */
  async prefetchForPin(manifest: ImageManifest, target: Target, names: FinalNames): Promise<KeptPrefetch> {
    if (!this.options.keep || target.type !== 'docker-archive') return this.prefetch(manifest, target);
    return this.keepFor({ manifest, target, names });
  }

  /** Makes sure that the registry has what a tag has led to under its digest, too: one HEAD. Throws a DigestGoneError. */
  readonly checkServed = oncePerKey((digest: Digest): Promise<void> => checkServed(this.source, digest, 'tag'));

  /** Makes sure that the first of these digests, or the index that lists it, is signed where it must be. Throws a PullpinError. */
  readonly checkSigned = oncePerKey(
    async (digests: readonly Digest[]): Promise<void> =>
      this.options.checkSignature?.({ name: this.name, source: this.source, digests }),
    (digests) => digests.join(' '),
  );

  /**
   * Makes sure that the registry has the image of a platform: one HEAD where the digest is that of an index, also for an image that is in the
   * cache; nothing where the digest was resolved to a single image. Throws a PullpinError.
   */
  readonly checkEntry = oncePerKey(
    async ({ digest, platform }: { digest: Digest; platform: Platform }): Promise<void> => {
      const mediaType = this.source.mediaTypeOf?.(digest);
      if (mediaType !== undefined && !INDEX_TYPES.has(mediaType)) return;
      const root = await this.manifest(digest);
      if (root.type === 'image') return;
      const entry = choosePlatform(root, platform);
      if (INDEX_TYPES.has(entry.mediaType)) await fetchEntry(this.source, root, entry);
      else await checkServed(this.source, parseDigest(entry.digest), 'index');
    },
    ({ digest, platform }) => `${digest} ${JSON.stringify(platform)}`,
  );

  /** Makes sure that the registry has a manifest: one HEAD, unless it has just given it. Throws a PullpinError. */
  readonly checkThere = oncePerKey(async (digest: Digest): Promise<void> => {
    if (!this.source.hasServed?.(digest)) await this.source.resolve(digest);
  });

  /** Makes sure that the registry has a blob, without reading it: one HEAD. Throws a PullpinError. */
  readonly checkBlob = oncePerKey(
    (blob: Descriptor): Promise<void> => requireBlob(this.source, blob),
    ({ digest, urls = [] }) => `${digest} ${urls.join(' ')}`,
  );

  /** The hash of an image for a target when the cache has it. */
  cachedHash(image: { readonly digest: string; readonly mediaType: string }, target: Target): Digest | undefined {
    const { cache } = this.options;
    return cache && cachedHash(cache, image, target)?.sha256;
  }

  readonly checksSignatures = (): boolean => this.options.checkSignature !== undefined;

  get cache(): Cache | undefined {
    return this.options.cache;
  }

  private readonly imageOf = oncePerKey(
    async ({ digest, platform }: { digest: Digest; platform: Platform }): Promise<ImageManifest> => {
      const root = await this.manifest(digest);
      return root.type === 'image' ? root : fetchEntry(this.source, root, choosePlatform(root, platform));
    },
    ({ digest, platform }) => `${digest} ${JSON.stringify(platform)}`,
  );

  private readonly prefetchFor = oncePerKey(
    async ({ manifest, target }: { manifest: ImageManifest; target: Target }): Promise<Prefetched> => {
      const prefetched = await this.prefetchOf(manifest)(target);
      this.configs.set(manifest.stored.digest, prefetched.config);
      return prefetched;
    },
    ({ manifest, target }) => `${digestOfImage(manifest)} ${JSON.stringify(target)}`,
  );

  private readonly prefetchOf = oncePerKey(
    (manifest: ImageManifest) => createPrefetch(this.requestFor(manifest)),
    digestOfImage,
  );

  private readonly keepFor = oncePerKey(
    async ({ manifest, target, names }: { manifest: ImageManifest; target: Target; names: FinalNames }) => {
      const { keepArchive } = await import('./keep-archive.js');
      const kept = await keepArchive(this.requestFor(manifest), target, this.options.keep ?? {}, names);
      this.configs.set(manifest.stored.digest, kept.config);
      return kept;
    },
    ({ manifest, target, names }) => `${digestOfImage(manifest)} ${JSON.stringify({ target, names })}`,
  );

  private requestFor(manifest: ImageManifest): Parameters<typeof createPrefetch>[0] {
    const { options, source, name } = this;
    const { backend } = options;
    const by = backend && { backend, name, isVerified: () => source.tlsVerify };
    return { ...options, source, manifest, by, onProgress: options.onDownload?.(name) };
  }
}

function digestOfImage({ stored }: ImageManifest): Digest {
  return stored.digest;
}
