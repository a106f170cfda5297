import { type Digest, isDigest } from '../oci/digest.js';
import { formatPlatform, type Platform } from '../oci/platform.js';
import type { RepositoryLookUps } from '../pin/look-ups.js';
import type { Target } from '../prefetch/targets/target.js';
import { attemptsOf, unlessRefused } from '../recipe/attempts.js';
import { type CandidateImage, imagesOf } from '../recipe/candidates.js';
import { archivesNamed, distinctTargets } from '../recipe/distinct-targets.js';
import type { Recipe } from '../recipe/recipe.js';
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
}

/**
 * Finds out what hashes are of: digests of the image itself, or archives and the folder of each of its platforms. What the cache knows comes first;
 * each image is then downloaded once for all names and tags, and no more of them than are needed. Throws a PullpinError.
 */
export async function findOrigins(
  hashes: readonly Digest[],
  image: ExplainedImage,
  lookUps: RepositoryLookUps,
): Promise<Origins> {
  const root = await lookUps.manifest(image.digest);
  const search = new Search(hashes, targetsOf(image), lookUps);
  search.note((hash) => plainOrigin(hash, [root]));
  const images = imagesOf(root, image.platform, (other) => formatPlatform(other) !== 'unknown/unknown');
  for (const each of images) search.inCache(each);
  for (const each of images) await search.byDownload(each);
  return { of: search.found, tried: search.tried };
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
    for (const { known, recipe } of attemptsOf([image], this.targets, this.lookUps)) this.noteRecipe(known, recipe);
  }

  async byDownload(image: CandidateImage): Promise<void> {
    if (this.isDone || !isDigest(image.digest)) return;
    const manifest = await this.lookUps.manifest(image.digest);
    if (manifest.type !== 'image') return;
    this.note((hash) => plainOrigin(hash, [manifest]));
    for (const attempt of attemptsOf([image], this.targets, this.lookUps)) {
      if (this.isDone) return;
      this.tried += 1;
      this.noteRecipe(await unlessRefused(attempt.make()), attempt.recipe);
    }
  }

  private get isDone(): boolean {
    return this.hashes.every((hash) => this.found.has(hash));
  }

  private noteRecipe(made: Digest | undefined, recipe: Recipe): void {
    if (made) this.note((hash) => (hash === made ? { kind: 'recipe', recipe } : undefined));
  }
}

/** The likeliest first: archives by name and tag, and the folder of nix2container. */
function targetsOf({ names, tags, fetches }: ExplainedImage): Target[] {
  const archives = archivesNamed(names, tags);
  const folder: Target = { type: 'nar' };
  return distinctTargets(fetches === 'nar' ? [folder, ...archives] : [...archives, folder]);
}
