import { ifAvailable } from '../concurrency/if-available.js';
import { type Digest, isDigest } from '../oci/digest.js';
import type { ImageIndex, ImageManifest } from '../oci/manifest.js';
import { formatPlatform, type Platform } from '../oci/platform.js';
import type { RepositoryLookUps } from '../pin/look-ups.js';
import type { Target } from '../prefetch/targets/target.js';
import { type Attempt, attemptsOf, unlessRefused } from '../recipe/attempts.js';
import { type CandidateImage, imagesOf } from '../recipe/candidates.js';
import { archivesNamed, distinctTargets, inOldLayout } from '../recipe/distinct-targets.js';
import { type HashOrigin, plainOrigin } from './origin.js';

/** An image as it is pinned, and what may have been hashed of it. */
export interface ExplainedImage {
  readonly digest: Digest;
  /** What the pin says, the likeliest first. */
  readonly names: readonly string[];
  readonly tags: readonly string[];
  /** The platform that the pin is for, as far as it says. */
  readonly platform: Platform;
  /** What the pin's function fetches. */
  readonly fetches: Target['type'];
}

/** What was found out of some hashes. `tried` counts the things that were hashed. */
export interface Origins {
  readonly of: ReadonlyMap<Digest, HashOrigin>;
  readonly tried: number;
  /** Whether the digest of the pin names one image, which leaves no choice of a platform. */
  readonly isOfOneImage: boolean;
}

/**
 * Finds out what hashes are of: digests of the image itself, or archives and the folder of each of its platforms, also of those that are beside a
 * single image in the index of its tag. What the cache knows comes first; each image is then downloaded once for all names and tags, and no more of
 * them than are needed. Throws a PullpinError.
 */
export async function findOrigins(
  hashes: readonly Digest[],
  image: ExplainedImage,
  lookUps: RepositoryLookUps,
): Promise<Origins> {
  const root = await lookUps.manifest(image.digest);
  const search = new Search(hashes, targetsOf(image), lookUps);
  search.note((hash) => plainOrigin(hash, [root]));
  const images = root.type === 'index' ? knownImages(root, image.platform) : await imagesAround(root, image, lookUps);
  for (const each of images) search.inCache(each);
  for (const each of images) await search.byDownload(each);
  if (!search.isDone) {
    const others = archivesNamed(image.names, await tagsOfDigest(image, lookUps));
    const unlikely = distinctTargets([...others, ...inOldLayout([...targetsOf(image), ...others])]);
    for (const each of images) await search.byDownload(each, unlikely);
  }
  return { of: search.found, tried: search.tried, isOfOneImage: root.type === 'image' };
}

class Search {
  readonly found = new Map<Digest, HashOrigin>();
  tried = 0;

  constructor(
    private readonly hashes: readonly Digest[],
    private readonly targets: readonly Target[],
    private readonly lookUps: RepositoryLookUps,
  ) {}

  note(originOf: (hash: Digest) => HashOrigin | undefined): void {
    for (const hash of this.hashes) {
      const origin = this.found.has(hash) ? undefined : originOf(hash);
      if (origin) this.found.set(hash, origin);
    }
  }

  inCache(image: CandidateImage): void {
    for (const attempt of attemptsOf([image], this.targets, this.lookUps)) this.noteMade(attempt.known, attempt, image);
  }

  async byDownload(image: CandidateImage, targets = this.targets): Promise<void> {
    if (this.isDone || !isDigest(image.digest)) return;
    const manifest = await this.lookUps.manifest(image.digest);
    if (manifest.type !== 'image') return;
    this.note((hash) => plainOrigin(hash, [manifest]));
    for (const attempt of attemptsOf([image], targets, this.lookUps)) {
      if (this.isDone) return;
      this.tried += 1;
      this.noteMade(await unlessRefused(attempt.make()), attempt, image);
    }
  }

  get isDone(): boolean {
    return this.hashes.every((hash) => this.found.has(hash));
  }

  private noteMade(made: Digest | undefined, { recipe }: Attempt, { digest }: CandidateImage): void {
    if (made) this.note((hash) => (hash === made ? { kind: 'recipe', recipe, image: digest } : undefined));
  }
}

/** So many tags of a repository are asked for their digests. */
const MOST_TAGS = 60;

/** The other tags that have this digest now, where the repository has few enough: a file without a final tag does not say which one was hashed. */
async function tagsOfDigest({ digest, tags }: ExplainedImage, lookUps: RepositoryLookUps): Promise<string[]> {
  const all = (await ifAvailable(lookUps.tags())) ?? [];
  const others = all.filter((tag) => !tags.includes(tag));
  if (others.length > MOST_TAGS) return [];
  const digests = await Promise.all(others.map((tag) => ifAvailable(lookUps.resolve(tag))));
  return others.filter((_, at) => digests[at] === digest);
}

/** The likeliest first: archives by name and tag, and the folder of nix2container. */
function targetsOf({ names, tags, fetches }: ExplainedImage): Target[] {
  const archives = archivesNamed(names, tags);
  const folder: Target = { type: 'nar' };
  return distinctTargets(fetches === 'nar' ? [folder, ...archives] : [...archives, folder]);
}

/** A single image, then those beside it in an index that one of its tags has. */
async function imagesAround(
  root: ImageManifest,
  { tags, platform }: ExplainedImage,
  lookUps: RepositoryLookUps,
): Promise<CandidateImage[]> {
  const { digest } = root.stored;
  for (const tag of tags) {
    const latest = await ifAvailable(lookUps.resolve(tag));
    const index = latest === undefined ? undefined : await ifAvailable(lookUps.manifest(latest));
    const own = index?.type === 'index' ? index.entries.find((entry) => entry.digest === digest)?.platform : undefined;
    if (index?.type !== 'index' || !own) continue;
    const others = knownImages(index, own).filter((image) => image.digest !== digest);
    return [{ ...root.stored, platform: own }, ...others];
  }
  return [{ ...root.stored, platform }];
}

/**
 * The images of an index, that of the likeliest platform first; attestations are none. Of several images for one platform, the one that Nix takes
 * comes before the others, which another skopeo may have taken.
 */
function knownImages(root: ImageIndex, likeliest: Platform): CandidateImage[] {
  const chosen = imagesOf(root, likeliest, (other) => formatPlatform(other) !== UNKNOWN);
  const others = root.entries.flatMap(({ platform, digest, mediaType }): CandidateImage[] => {
    const isOther = platform && formatPlatform(platform) !== UNKNOWN && chosen.every((each) => each.digest !== digest);
    return isOther ? [{ platform, digest, mediaType }] : [];
  });
  return [...chosen, ...others];
}

const UNKNOWN = 'unknown/unknown';
