import type { Cache } from '../cache/cache.js';
import { CachedSource } from '../cache/cached-source.js';
import { choosePlatform } from '../oci/choose-platform.js';
import type { Digest } from '../oci/digest.js';
import { type ImageFacts, imageFacts } from '../oci/image-facts.js';
import type { ImageSource } from '../oci/image-source.js';
import { type ImageManifest, parseManifest } from '../oci/manifest.js';
import type { Platform } from '../oci/platform.js';
import { formatRepository, type RepositoryName } from '../oci/reference.js';
import { fetchConfig } from '../prefetch/image/config.js';
import { cachedHash, prefetch } from '../prefetch/prefetch.js';
import type { Prefetched, Target } from '../prefetch/targets/target.js';
import { fetchEntry } from './resolve.js';

/** Opens a repository. With `unverified`, TLS need not be verified, and no credentials may be sent. */
export type OpenRepository = (
  name: RepositoryName,
  options: { readonly unverified: boolean },
) => ImageSource | Promise<ImageSource>;

export interface ImagesOptions {
  readonly open: OpenRepository;
  readonly cache?: Cache;
  readonly temporaryFolder: string;
}

/** A repository as a pin names it. */
export interface PinnedRepository extends RepositoryName {
  readonly unverified: boolean;
}

/** All look-ups of one run. Each question is asked once, however many pins it is asked for. */
export class Images {
  private readonly sources = new Map<string, RepositoryLookups>();

  constructor(private readonly options: ImagesOptions) {}

  repository(name: PinnedRepository): RepositoryLookups {
    const key = `${formatRepository(name)} ${name.unverified}`;
    const known = this.sources.get(key) ?? this.openRepository(name);
    this.sources.set(key, known);
    return known;
  }

  private openRepository(name: PinnedRepository): RepositoryLookups {
    return new RepositoryLookups(this.openSource(name), this.options);
  }

  private async openSource(name: PinnedRepository): Promise<ImageSource> {
    const { open, cache } = this.options;
    const source = await open(name, name);
    return cache ? new CachedSource(source, cache, formatRepository(name)) : source;
  }
}

/** The look-ups in one repository. */
export class RepositoryLookups {
  private readonly answers = new Map<string, Promise<unknown>>();

  constructor(
    private readonly opening: Promise<ImageSource>,
    private readonly options: ImagesOptions,
  ) {}

  /** What a tag resolves to: one HEAD. */
  resolve(tag: string): Promise<Digest> {
    return this.once(`resolve ${tag}`, async () => (await this.opening).resolve(tag));
  }

  /** An image or an index. */
  manifest(digest: Digest): Promise<ReturnType<typeof parseManifest>> {
    return this.once(`manifest ${digest}`, async () => {
      // What a tag resolved to a moment ago, or what a file says, need not be looked up before it is fetched.
      const source = await this.opening;
      if (source instanceof CachedSource) source.trustDigest(digest);
      return parseManifest(await source.manifest(digest));
    });
  }

  /** The image of a platform, through the index if there is one. */
  image(digest: Digest, platform: Platform): Promise<ImageManifest> {
    return this.once(`image ${digest} ${JSON.stringify(platform)}`, async () => {
      const root = await this.manifest(digest);
      return root.type === 'image' ? root : fetchEntry(await this.opening, root, choosePlatform(root, platform));
    });
  }

  /** The platform of the only image of an index that is remembered to have this hash for the target; costs nothing without a memory. */
  async platformOfHash(index: Digest, sha256: Digest, target: Target): Promise<Platform | undefined> {
    const { cache } = this.options;
    const root = cache && (await this.manifest(index));
    if (!cache || root?.type !== 'index') return undefined;
    const fitting = root.entries.filter((entry) => cachedHash(cache, entry, target)?.sha256 === sha256);
    return fitting.length === 1 ? fitting[0]?.platform : undefined;
  }

  facts(manifest: ImageManifest): Promise<ImageFacts> {
    return this.once(factsOf(manifest), async () =>
      imageFacts((await fetchConfig(await this.opening, manifest)).bytes),
    );
  }

  /** The hash of an image for a target: one download, or none when it is remembered. */
  prefetch(manifest: ImageManifest, target: Target): Promise<Prefetched> {
    const { cache, temporaryFolder } = this.options;
    return this.once(`prefetch ${manifest.stored.digest} ${JSON.stringify(target)}`, async () => {
      const source = await this.opening;
      const prefetched = await prefetch({ source, manifest, temporaryFolder, ...(cache && { cache }) }, target);
      // The config came along, so its facts need no request of their own.
      this.once(factsOf(manifest), async () => imageFacts(prefetched.config));
      return prefetched;
    });
  }

  private once<Answer>(question: string, ask: () => Promise<Answer>): Promise<Answer> {
    const known = this.answers.get(question) as Promise<Answer> | undefined;
    const answer = known ?? ask();
    this.answers.set(question, answer);
    return answer;
  }
}

function factsOf({ stored }: ImageManifest): string {
  return `facts ${stored.digest}`;
}
