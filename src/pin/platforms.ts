import { platformsOf } from '../oci/choose-platform.js';
import { parseManifest } from '../oci/manifest.js';
import { formatPlatform, type Platform } from '../oci/platform.js';
import { type Reference, toReference } from '../oci/reference.js';
import { type LookUpSettings, openImage } from './open-image.js';

/**
 * The platforms of an image, in the order of its index, each once; undefined for an image without an index, which is for one platform. An
 * entry without a platform (an attestation) is not one of them. Throws a PullpinError.
 */
export async function findPlatforms(
  image: Reference | string,
  settings: LookUpSettings,
): Promise<readonly Platform[] | undefined> {
  const { source, tagOrDigest } = openImage(toReference(image), settings);
  const root = parseManifest(await source.manifest(tagOrDigest));
  if (root.type === 'image') return undefined;
  return [...new Map(platformsOf(root).map((platform) => [formatPlatform(platform), platform])).values()];
}
