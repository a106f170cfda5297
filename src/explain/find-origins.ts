import { archiveName } from '../archive/docker-archive.js';
import { PullpinError } from '../errors.js';
import { choosePlatform, platformsOf } from '../oci/choose-platform.js';
import { type Digest, isDigest } from '../oci/digest.js';
import type { ImageIndex, ImageManifest } from '../oci/manifest.js';
import { formatPlatform, type Platform } from '../oci/platform.js';
import type { RepositoryLookUps } from '../pin/look-ups.js';
import { ImageRefusedError } from '../prefetch/image/refusals.js';
import type { Target } from '../prefetch/targets/target.js';
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
  const entries = entriesOf(root, image.platform);
  for (const entry of entries) search.inCache(entry);
  for (const entry of entries) await search.byDownload(entry);
  return { of: search.found, tried: search.tried };
}

/** One image of what was pinned. */
interface Entry {
  readonly platform: Platform;
  readonly digest: string;
  readonly mediaType: string;
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

  inCache(entry: Entry): void {
    for (const target of this.targets) this.noteRecipe(this.lookUps.cachedHash(entry, target), target, entry);
  }

  async byDownload(entry: Entry): Promise<void> {
    if (this.isDone || !isDigest(entry.digest)) return;
    const manifest = await this.lookUps.manifest(entry.digest);
    if (manifest.type !== 'image') return;
    this.note((hash) => plainOrigin(hash, [manifest]));
    for (const target of this.targets) {
      if (this.isDone) return;
      this.tried += 1;
      this.noteRecipe(await this.hashOf(manifest, target), target, entry);
    }
  }

  private get isDone(): boolean {
    return this.hashes.every((hash) => this.found.has(hash));
  }

  private noteRecipe(made: Digest | undefined, target: Target, { platform }: Entry): void {
    if (made) this.note((hash) => (hash === made ? { kind: 'recipe', recipe: { target, platform } } : undefined));
  }

  /** Undefined for an image that skopeo refuses: no hash was made of it. */
  private async hashOf(manifest: ImageManifest, target: Target): Promise<Digest | undefined> {
    try {
      return (await this.lookUps.prefetch(manifest, target)).sha256;
    } catch (error) {
      if (error instanceof ImageRefusedError) return undefined;
      throw error;
    }
  }
}

/** The likeliest first: archives by name and tag, and the folder of nix2container. */
function targetsOf({ names, tags, fetches }: ExplainedImage): Target[] {
  const archives = names.flatMap((name) => tags.flatMap((tag) => archiveOrNone(name, tag)));
  const folder: Target = { type: 'nar' };
  const all: Target[] = fetches === 'nar' ? [folder, ...archives] : [...archives, folder];
  return [...new Map(all.map((target) => [JSON.stringify(target), target])).values()];
}

/** What a person has typed need not be a name. */
function archiveOrNone(name: string, tag: string): Target[] {
  try {
    return [{ type: 'docker-archive', name: archiveName(name, tag) }];
  } catch (error) {
    if (error instanceof PullpinError) return [];
    throw error;
  }
}

/** The images of a digest, that of the likeliest platform first. */
function entriesOf(root: ImageIndex | ImageManifest, likeliest: Platform): Entry[] {
  if (root.type === 'image') return [{ ...root.stored, platform: likeliest }];
  const platforms = [likeliest, ...platformsOf(root)];
  const entries = platforms.flatMap((platform): Entry[] => {
    try {
      const { digest, mediaType } = choosePlatform(root, platform);
      return [{ platform, digest, mediaType }];
    } catch (error) {
      if (error instanceof PullpinError) return [];
      throw error;
    }
  });
  const distinct = new Map(entries.toReversed().map((entry) => [entry.digest, entry]));
  return [...distinct.values()].toReversed().filter(({ platform }) => formatPlatform(platform) !== 'unknown/unknown');
}
