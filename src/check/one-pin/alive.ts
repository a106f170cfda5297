import { isWithoutHash } from '../../nix/find/pin-site.js';
import { choosePlatform } from '../../oci/choose-platform.js';
import { isDigest } from '../../oci/digest.js';
import type { ImageIndex, ImageManifest } from '../../oci/manifest.js';
import { INDEX_TYPES } from '../../oci/media-types.js';
import { formatPlatform, type Platform } from '../../oci/platform.js';
import { platformsOfIndex } from '../../pin/platforms.js';
import { bumpAdvice, type Finding, findingAt } from '../findings/finding.js';
import { type CheckedPin, failureOf } from './checked-pin.js';

/** What a look at the digest of a pin has shown. Without `root`, nothing more can be said of its image. */
export interface Alive {
  /** What the digest names; absent also for an image string, of which nothing else need be known. */
  readonly root?: ImageIndex | ImageManifest | undefined;
  readonly findings: readonly Finding[];
}

/** Whether the registry still has what a pin's digest names: one request. */
export async function checkAlive(pin: CheckedPin): Promise<Alive> {
  const { site, digest, lookUps, settings } = pin;
  try {
    const isOnlyAsked = isWithoutHash(site.form) && !settings.isDeep;
    const root = isOnlyAsked ? undefined : await lookUps.manifest(digest);
    await lookUps.checkThere(digest);
    return { root, findings: [] };
  } catch (error) {
    const failure = failureOf(site, error, 'dead-digest');
    const fix = failure.code === 'dead-digest' && pin.follows ? bumpAdvice(site) : undefined;
    return { findings: [{ ...failure, fix }] };
  }
}

/**
 * Whether the registry still has the images of a pin: the image of its platform, or of each platform when it gives none and the check is deep. A deep
 * check looks at their configs and layers as well, none of which is downloaded.
 */
export async function checkImages(pin: CheckedPin, root: ImageIndex | ImageManifest): Promise<Finding[]> {
  if (root.type === 'image') return checkBlobs(pin, root, '');
  const { platform, settings } = pin;
  const wanted = platform ? [platform] : settings.isDeep ? platformsOfIndex(root) : [];
  const found = await Promise.all(wanted.map((each) => checkPlatform(pin, root, each)));
  return found.flat();
}

async function checkPlatform(pin: CheckedPin, root: ImageIndex, platform: Platform): Promise<Finding[]> {
  const { site, lookUps } = pin;
  const name = formatPlatform(platform);
  try {
    const { digest, mediaType } = choosePlatform(root, platform);
    if (!isDigest(digest))
      return [findingAt(site, 'unusable-image', `the index lists ${name} by a digest that is not a sha256`)];
    const image = await lookUps.manifest(digest);
    await lookUps.checkThere(digest);
    if (image.type === 'image') return await checkBlobs(pin, image, ` of ${name}`);
    return INDEX_TYPES.has(mediaType)
      ? [findingAt(site, 'unusable-image', `${digest} of ${name} is an index within an index, which skopeo refuses`)]
      : [];
  } catch (error) {
    const failure = failureOf(site, error, 'dead-image');
    return [failure.code === 'dead-image' ? { ...failure, message: `${name}: ${failure.message}` } : failure];
  }
}

async function checkBlobs(pin: CheckedPin, image: ImageManifest, of: string): Promise<Finding[]> {
  const { site, lookUps, settings } = pin;
  if (!settings.isDeep) return [];
  const blobs = [
    { blob: image.config, code: 'dead-config' as const, what: 'config' },
    ...image.layers.map((blob) => ({ blob, code: 'dead-layer' as const, what: 'layer' })),
  ];
  const found = await Promise.all(
    blobs.map(async ({ blob, code, what }): Promise<Finding[]> => {
      try {
        await lookUps.checkBlob(blob);
        return [];
      } catch (error) {
        const failure = failureOf(site, error, code);
        return [{ ...failure, message: `${what}${of}: ${failure.message}` }];
      }
    }),
  );
  return found.flat();
}
