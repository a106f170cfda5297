import type { PinSite } from '../../nix/find/pin-site.js';
import type { Digest } from '../../oci/digest.js';
import type { ImageIndex, ImageManifest } from '../../oci/manifest.js';
import type { RepositoryLookUps } from '../../pin/look-ups.js';
import type { Target } from '../../prefetch/targets/target.js';
import { Attempt } from '../../recipe/attempts.js';
import { type CandidateImage, candidateImages, candidateTargets } from '../../recipe/candidates.js';
import { archivesNamed, targetsBeside } from '../../recipe/distinct-targets.js';
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
      otherTargets: targetsBeside(otherTargets(site, follows?.tag), targets),
    };
  });
}

/** The archives with another name or tag inside, and what the other fetcher makes. */
function otherTargets(site: PinSite, followed: string | undefined): Target[] {
  const names = [site.finalImageName, site.imageName].flatMap((name) => (name?.kind === 'text' ? [name.text] : []));
  const tags = [site.finalImageTag, site.tag].flatMap((tag) => (tag?.kind === 'text' ? [tag.text] : []));
  return [...archivesNamed(names, [...tags, followed ?? 'latest', 'latest']), { type: 'nar' }];
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
  const attempt = new Attempt(image, target, lookUps);
  return computes ? attempt.make() : attempt.known;
}
