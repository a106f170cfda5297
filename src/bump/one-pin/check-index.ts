import { PullpinError } from '../../errors.js';
import { ManifestError } from '../../oci/manifest.js';
import type { TrackedPin } from '../site/tracked-pin.js';
import type { NewDigest } from './new-digest.js';

/**
 * Checks that Nix can fetch the image of a pin through its index. A pin is not up to date when that image is gone or is an index itself.
 * Throws a PullpinError in these two cases, and ignores any other failure, because the plan does not depend on this look-up.
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
