import { platformAttributes } from '../../nix/edit/add-attributes.js';
import type { ImageIndex, ImageManifest } from '../../oci/manifest.js';
import { formatPlatform, type Platform } from '../../oci/platform.js';
import { platformsOfIndex } from '../../pin/platforms.js';
import { type Finding, findingAt } from '../findings/finding.js';
import { type CheckedPin, failureOf } from './checked-pin.js';

/**
 * Whether the platform of a pin and its digest belong together.
 *
 * @param proven the platform that the pin's hash is of, when that is known
 */
export async function checkPlatforms(
  pin: CheckedPin,
  root: ImageIndex | ImageManifest,
  proven: Platform | undefined,
): Promise<Finding[]> {
  const { site } = pin;
  if (site.arch?.kind === 'unfollowable')
    return [findingAt(site, 'unfollowed-part', `arch cannot be followed, so it is not checked: ${site.arch.message}`)];
  if (root.type === 'image') return checkImage(pin, root);
  if (site.hashes.length === 0) return [];
  if (site.sharedByArchitectures) return sharedHash(pin, root, site.sharedByArchitectures);
  return pin.platform ? [] : missingArch(pin, root, proven);
}

/** The digest of one image leaves no choice: Nix fetches that image whatever `arch` says. */
async function checkImage(pin: CheckedPin, image: ImageManifest): Promise<Finding[]> {
  const { site, platform, lookUps } = pin;
  if (!platform) return [];
  try {
    const { platform: actual } = await lookUps.facts(image);
    if (!actual || (actual.os === platform.os && actual.architecture === platform.architecture)) return [];
    const { os, architecture } = actual;
    const message = `its digest is of an image for ${formatPlatform(actual)}, and the pin says ${formatPlatform({ ...platform, variant: undefined })}`;
    const fix = `write os = "${os}"; and arch = "${architecture}"; or the digest of the image for ${formatPlatform(platform)}`;
    return [findingAt(site, 'wrong-arch', message, { fix })];
  } catch (error) {
    return [failureOf(site, error, 'dead-config')];
  }
}

function sharedHash({ site }: CheckedPin, root: ImageIndex, architectures: readonly string[]): Finding[] {
  const there = platformsOfIndex(root).map(({ architecture }) => architecture);
  const shared = architectures.filter((architecture) => there.includes(architecture));
  if (shared.length < 2) return [];
  const message = `one hash cannot be right for ${shared.slice(0, -1).join(', ')} and ${shared.at(-1)}`;
  return [findingAt(site, 'shared-hash', message, { fix: 'give each architecture a hash of its own' })];
}

function missingArch({ site, settings }: CheckedPin, root: ImageIndex, proven: Platform | undefined): Finding[] {
  const isUnseen = site.assumed.some(({ part, why }) => part === 'arch' && why === 'unseen-call');
  const names = platformsOfIndex(root).map(formatPlatform);
  const shown = names.length > MOST_SHOWN ? `${names.length} platforms` : names.join(', ');
  const message = `its digest is of an index (${shown}), and the pin has no arch${isUnseen ? ', unless the code that takes it gives one' : ''}`;
  const { os, architecture } = proven ?? settings.platform;
  const certain = `write os = "${os}"; and arch = "${architecture}";`;
  const fix = proven ? certain : `${certain} if that is what its hash is of, which --hashes finds out`;
  const edit = proven && !isUnseen ? platformAttributes(site, proven, settings.read) : undefined;
  const level = isUnseen ? { level: 'note' as const } : {};
  return [findingAt(site, 'missing-arch', message, { fix, edits: edit ? [edit] : [], ...level })];
}

const MOST_SHOWN = 6;
