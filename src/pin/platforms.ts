import type { Cache } from '../cache/cache.js';
import { PullpinError } from '../errors.js';
import { choosePlatform, platformsOf } from '../oci/choose-platform.js';
import type { BlobDigest } from '../oci/digest.js';
import type { ImageSource } from '../oci/image-source.js';
import { type ImageIndex, type ImageManifest, parseManifest } from '../oci/manifest.js';
import { formatPlatform, type Platform, systemOfPlatform } from '../oci/platform.js';
import type { Reference } from '../oci/reference.js';
import { openImage } from './open-image.js';
import { fetchEntry } from './resolve.js';
import type { SharedImage } from './shared-image.js';

/** The platforms of which an image is to be pinned; with `all`, those of its index. */
export interface PlatformsRequest {
  readonly platforms: readonly Platform[] | 'all';
  readonly cache?: Cache | undefined;
}

/**
 * Looks an image up of which several platforms are to be pinned, and lets them share layers. With `all`, the platforms come in the order of
 * the index, each once; an entry without a platform (an attestation) is not one of them. Undefined for an image without an index, which is
 * for one platform. Throws a PullpinError.
 */
export async function openPlatforms(
  image: SharedImage,
  reference: Reference,
  { platforms, cache }: PlatformsRequest,
): Promise<readonly Platform[] | undefined> {
  const { source, tagOrDigest } = openImage(reference, { from: image.opened, cache });
  const root = parseManifest(await source.manifest(tagOrDigest));
  if (root.type === 'image') {
    // Each platform that was asked for gets this image, and the warning that it is for another one.
    if (platforms !== 'all') image.shareLayers(new Set(root.layers.map(({ digest }) => digest)));
    return undefined;
  }
  const wanted = platforms === 'all' ? platformsOfIndex(root) : platforms;
  image.shareLayers(await sharedLayers(source, root, wanted));
  return wanted;
}

/**
 * One platform for each Nix system: the one without a variant, for that is what Nix takes; of `arm`, the one whose variant names the system.
 * Others are omitted, and so are those that no Nix system runs.
 */
export function onePerSystem(platforms: readonly Platform[]): { chosen: Platform[]; omitted: Platform[] } {
  const chosen = new Map<string, Platform>();
  for (const platform of platforms) {
    const system = systemOfPlatform(platform);
    const other = system === null ? undefined : chosen.get(system);
    if (system !== null && (!other || (!isPlain(other) && isPlain(platform)))) chosen.set(system, platform);
  }
  const kept = new Set(chosen.values());
  return { chosen: [...kept], omitted: platforms.filter((each) => !kept.has(each)) };
}

function isPlain({ architecture, variant }: Platform): boolean {
  return (architecture === 'arm') === (variant !== undefined);
}

/** The platforms of an index, each once; an attestation has none. */
export function platformsOfIndex(index: ImageIndex): readonly Platform[] {
  return [...new Map(platformsOf(index).map((platform) => [formatPlatform(platform), platform])).values()];
}

async function sharedLayers(
  source: ImageSource,
  index: ImageIndex,
  platforms: readonly Platform[],
): Promise<ReadonlySet<BlobDigest>> {
  const images = await Promise.all(platforms.map((platform) => imageOf(source, index, platform)));
  const seen = new Set<BlobDigest>();
  const shared = new Set<BlobDigest>();
  for (const image of images)
    for (const digest of new Set(image?.layers.map((layer) => layer.digest)))
      (seen.has(digest) ? shared : seen).add(digest);
  return shared;
}

/** The image of a platform. What fails here fails again when that platform is pinned, and is reported then. */
async function imageOf(source: ImageSource, index: ImageIndex, platform: Platform): Promise<ImageManifest | undefined> {
  try {
    return await fetchEntry(source, index, choosePlatform(index, platform));
  } catch (error) {
    if (error instanceof PullpinError) return undefined;
    throw error;
  }
}
