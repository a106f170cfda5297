import { PullpinError } from '../errors.js';
import type { Assumption, PinSite } from '../nix/find/pin-site.js';
import { choosePlatform, platformsOf } from '../oci/choose-platform.js';
import type { ImageIndex, ImageManifest } from '../oci/manifest.js';
import type { Platform } from '../oci/platform.js';
import type { Target } from '../prefetch/targets/target.js';
import { archivesNamed, distinctTargets } from './distinct-targets.js';
import { targetOf, writtenPlatform } from './site-text.js';

/** One image of the pinned digest, and the platform for which Nix would fetch it. */
export interface CandidateImage {
  readonly platform: Platform;
  readonly digest: string;
  readonly mediaType: string;
}

const ALWAYS_OPEN: ReadonlySet<string> = new Set<Assumption['why']>([
  ...(['unseen-call', 'named-system', 'unknown-fetcher', 'unknown-argument'] as const),
]);

/** Whether a part of the recipe is uncertain, given what the pin's digest names. */
export function isOpen({ assumed, isPlatformDependent }: PinSite, root: ImageIndex | ImageManifest): boolean {
  return assumed.some(({ part, why }) => {
    const isOfPlatform = part === 'os' || part === 'arch' || part === 'variant';
    if (isOfPlatform && root.type === 'image') return false;
    return ALWAYS_OPEN.has(why) || (why === 'machine' && !isPlatformDependent);
  });
}

/** A target that may have been hashed, and what in the file makes it possible: the attributes as written, a guess, the followed tag. */
export interface TargetRole {
  readonly role: string;
  readonly target: Target;
}

/** The targets that may have been hashed, the likeliest first. Values that a call gives, and defaults of its fetcher, are certain. */
export function candidateTargets(site: PinSite, followedTag: string | undefined): Target[] {
  return distinctTargets(targetRoles(site, followedTag).map(({ target }) => target));
}

/** The same targets with their roles; one target may have several. */
export function targetRoles(site: PinSite, followedTag: string | undefined): TargetRole[] {
  const likeliest = { role: 'written', target: targetOf(site) };
  const isUnseen = (name: string): boolean =>
    site.assumed.some(({ part, why }) => part === name && why === 'unseen-call');
  if (!isUnseen('fetcher')) {
    const isDoubtful = site.assumed.some(({ part }) => part === 'fetcher');
    return isDoubtful ? [likeliest, { role: 'other fetcher', target: otherTarget(site) }] : [likeliest];
  }
  const name = site.finalImageName?.kind === 'text' ? site.finalImageName.text : site.imageName.text;
  const tags: (readonly [role: string, tag: string | undefined])[] = [
    ...site.finalTagGuesses.map((tag, at) => [`guess ${at}`, tag] as const),
    ['tag', site.tag?.text],
    ['followed', followedTag],
    ['latest', 'latest'],
  ];
  const archives = tags.flatMap(([role, tag]): TargetRole[] =>
    archivesNamed([name], tag === undefined ? [] : [tag]).map((target) => ({ role, target })),
  );
  return [likeliest, ...archives, { role: 'folder', target: { type: 'nar' } }];
}

/** What the other fetcher makes of the same pin. */
function otherTarget(site: PinSite): Target {
  return targetOf({ ...site, target: site.target === 'nar' ? 'docker-archive' : 'nar' });
}

/**
 * The images that the hash may belong to, the image of the likeliest platform first. A platform from `arch`, or from a choice among systems,
 * is certain; the name of a system alone is not.
 */
export function candidateImages(
  site: PinSite,
  root: ImageIndex | ImageManifest,
  likeliest: Platform,
): CandidateImage[] {
  const isCertain = certainPlatform(site) !== undefined;
  return imagesOf(root, likeliest, (other) => !isCertain && other.os === likeliest.os);
}

/** The images of a digest, each once: that of the likeliest platform first, then those of other platforms that count. */
export function imagesOf(
  root: ImageIndex | ImageManifest,
  likeliest: Platform,
  counts: (other: Platform) => boolean,
): CandidateImage[] {
  if (root.type === 'image') return [{ ...root.stored, platform: likeliest }];
  const images = [likeliest, ...platformsOf(root).filter(counts)].flatMap((platform): CandidateImage[] => {
    const entry = entryOrNone(root, platform);
    return entry ? [{ platform, digest: entry.digest, mediaType: entry.mediaType }] : [];
  });
  // Keeps the first: the index may list the likeliest platform again, with its variant.
  return [...new Map(images.toReversed().map((each) => [each.digest, each])).values()].toReversed();
}

/** The platform that a pin is written for, when nothing casts doubt on it. */
export function certainPlatform(site: PinSite): Platform | undefined {
  // An unknown argument may choose another platform, such as one of several variants.
  const isDoubtful = site.assumed.some(({ why }) => why === 'named-system' || why === 'unknown-argument');
  return isDoubtful ? undefined : writtenPlatform(site);
}

function entryOrNone(index: ImageIndex, platform: Platform) {
  try {
    return choosePlatform(index, platform);
  } catch (error) {
    if (error instanceof PullpinError) return undefined;
    throw error;
  }
}
