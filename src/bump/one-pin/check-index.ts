import { PullpinError } from '../../errors.js';
import { ManifestError } from '../../oci/manifest.js';
import type { TrackedPin } from '../site/tracked-pin.js';
import type { NewDigest } from './new-digest.js';

/**
 * Makes sure that Nix could fetch the image of a pin through its index: an index whose image is gone, or is an index itself, is not up to date.
 * Throws a PullpinError for these two. Any other failure is ignored, because this look-up is an additional one.
 */
export async function checkIndex({ site, lookUps }: TrackedPin, { digest, platform }: NewDigest): Promise<void> {
  if (site.hashes.length === 0) return;
  try {
    await lookUps.checkEntry({ digest, platform });
  } catch (cause) {
    if (cause instanceof PullpinError && !(cause instanceof ManifestError) && cause.kind !== 'not-found') return;
    throw cause;
  }
}
