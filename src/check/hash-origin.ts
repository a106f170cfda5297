import { archiveName } from '../archive/docker-archive.js';
import { PullpinError } from '../errors.js';
import type { PinSite } from '../nix/find/pin-site.js';
import type { Digest } from '../oci/digest.js';
import { isDigest } from '../oci/digest.js';
import type { ImageIndex, ImageManifest } from '../oci/manifest.js';
import type { RepositoryLookUps } from '../pin/look-ups.js';
import type { Target } from '../prefetch/targets/target.js';
import { type CandidateImage, candidateImages, candidateTargets } from '../recipe/candidates.js';
import type { Recipe } from '../recipe/recipe.js';
import { type CheckedPin, followedOr } from './checked-pin.js';

/** What a pin's hash may be of. */
export interface Candidates {
  /** What Nix may fetch for the pin, the likeliest first. There is one of each when the file shows all. */
  readonly images: readonly CandidateImage[];
  readonly targets: readonly Target[];
  /** What people hash by mistake. */
  readonly otherImages: readonly CandidateImage[];
  readonly otherTargets: readonly Target[];
}

/** The candidates for a pin whose digest names `root`; undefined when a part of its recipe cannot be followed. */
export function candidatesOf(pin: CheckedPin, root: ImageIndex | ImageManifest): Candidates | undefined {
  const { site, follows, settings } = pin;
  return followedOr(undefined, () => {
    const likeliest = pin.platform ?? settings.platform;
    const images = candidateImages(site, root, likeliest);
    const targets = candidateTargets(site, follows?.tag);
    const all = candidateImages({ ...site, assumed: [], arch: undefined, isPlatformDependent: false }, root, likeliest);
    return {
      images,
      targets,
      otherImages: all.filter(({ digest }) => !images.some((image) => image.digest === digest)),
      otherTargets: otherTargets(site, follows?.tag).filter(
        (other) => !targets.some((target) => isSame(target, other)),
      ),
    };
  });
}

function isSame(one: Target, other: Target): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The archives with another name or tag inside, and what the other fetcher makes. */
function otherTargets(site: PinSite, followed: string | undefined): Target[] {
  const names = [site.finalImageName, site.imageName].flatMap((name) => (name?.kind === 'text' ? [name.text] : []));
  const tags = [site.finalImageTag, site.tag].flatMap((tag) => (tag?.kind === 'text' ? [tag.text] : []));
  const archives = names.flatMap((name) =>
    [...tags, followed ?? 'latest', 'latest'].flatMap((tag): Target[] => archiveOrNone(name, tag)),
  );
  const all: Target[] = [...archives, { type: 'nar' }];
  return [...new Map(all.map((target) => [JSON.stringify(target), target])).values()];
}

function archiveOrNone(name: string, tag: string): Target[] {
  try {
    return [{ type: 'docker-archive', name: archiveName(name, tag) }];
  } catch (error) {
    if (error instanceof PullpinError) return [];
    throw error;
  }
}

/** The recipe among these that is known to make a hash. Downloads nothing. */
export function cachedRecipe(
  sha256: Digest,
  images: readonly CandidateImage[],
  targets: readonly Target[],
  lookUps: RepositoryLookUps,
): Recipe | undefined {
  for (const image of images)
    for (const target of targets)
      if (lookUps.cachedHash(image, target) === sha256) return { target, platform: image.platform };
  return undefined;
}

/** The recipe among these that makes a hash, found by downloading each image once. Throws a PullpinError. */
export async function compute(
  sha256: Digest,
  images: readonly CandidateImage[],
  targets: readonly Target[],
  lookUps: RepositoryLookUps,
): Promise<Recipe | undefined> {
  for (const { digest, platform } of images) {
    const image = isDigest(digest) ? await lookUps.manifest(digest) : undefined;
    if (image?.type !== 'image') continue;
    for (const target of targets)
      if ((await lookUps.prefetch(image, target)).sha256 === sha256) return { target, platform };
  }
  return undefined;
}

/** The hash that a pin should have; undefined when the file leaves open what Nix fetches, and without `computes` when it is not known. */
export async function expectedHash(
  { images, targets }: Candidates,
  lookUps: RepositoryLookUps,
  computes: boolean,
): Promise<Digest | undefined> {
  const [image, ...moreImages] = images;
  const [target, ...moreTargets] = targets;
  if (!image || !target || moreImages.length > 0 || moreTargets.length > 0) return undefined;
  if (!computes || !isDigest(image.digest)) return lookUps.cachedHash(image, target);
  const manifest = await lookUps.manifest(image.digest);
  return manifest.type === 'image' ? (await lookUps.prefetch(manifest, target)).sha256 : undefined;
}
