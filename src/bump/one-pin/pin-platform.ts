import { ifAvailable } from '../../concurrency/if-available.js';
import { isDigest } from '../../oci/digest.js';
import type { Platform } from '../../oci/platform.js';
import { targetOf, writtenPlatform } from '../../recipe/site-text.js';
import type { TrackedPin } from '../site/tracked-pin.js';

/** The platform that a pin is for. `isAssumed` is true when neither the pin nor its hash shows the platform. */
export interface PinPlatform {
  readonly platform: Platform;
  readonly isAssumed: boolean;
}

/**
 * Finds the platform that a pin is for. In this order: its hash proves the platform, the pin names it, the cache has the hash for one platform,
 * or it is assumed.
 */
export async function platformOfPin(pin: TrackedPin): Promise<PinPlatform> {
  const known = pin.recipe?.platform ?? writtenPlatform(pin.site) ?? (await platformOfHash(pin));
  return { platform: known ?? pin.settings.platform, isAssumed: known === undefined };
}

async function platformOfHash({ site, lookUps }: TrackedPin): Promise<Platform | undefined> {
  const digest = site.imageDigest.text;
  const written = site.hashes.find(({ isPlaceholder }) => !isPlaceholder)?.written;
  if (!written || !isDigest(digest)) return undefined;
  return ifAvailable(lookUps.platformOfHash(digest, written.hash, targetOf(site)));
}
