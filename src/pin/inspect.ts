import { choosePlatform } from '../oci/choose-platform.js';
import type { Digest } from '../oci/digest.js';
import { type ImageFacts, imageFacts } from '../oci/image-facts.js';
import type { ImageSource, RateLimit } from '../oci/image-source.js';
import { type ImageIndex, type ImageManifest, parseManifest } from '../oci/manifest.js';
import { DEFAULT_PLATFORM, type Platform, toPlatform } from '../oci/platform.js';
import { type Reference, toReference } from '../oci/reference.js';
import { fetchConfig } from '../prefetch/image/config.js';
import { type LookUpSettings, openImage } from './open-image.js';
import { fetchEntry } from './resolve.js';

/** What is known of an image without downloading its layers. */
export interface Inspection {
  /** What the tag resolves to. */
  readonly digest: Digest;
  readonly mediaType: string;
  /** All platforms, when there is an index. */
  readonly index?: ImageIndex | undefined;
  /** The image of one platform. */
  readonly manifest: ImageManifest;
  readonly facts: ImageFacts;
  /** What the registry said of how much may still be asked for. */
  readonly rateLimit?: RateLimit | undefined;
}

/**
 * Looks at an image, such as `redis:7.4`: its manifests and its config. Throws a PullpinError.
 *
 * @example
 * ```js
 * import { connectRegistries, fromProcess, inspectImage } from 'pullpin';
 *
 * const registries = await connectRegistries(fromProcess());
 * const { facts } = await inspectImage('redis:7.4', { registries });
 * console.log(facts.created); // 2026-10-06T12:00:00Z
 * await registries.close();
 * ```
 */
export async function inspectImage(image: Reference | string, settings: LookUpSettings): Promise<Inspection> {
  const { platform = DEFAULT_PLATFORM } = settings;
  const { source, tagOrDigest } = openImage(toReference(image), settings);
  return inspect(source, tagOrDigest, toPlatform(platform));
}

/** The same for a source that is open. */
export async function inspect(
  source: ImageSource,
  tagOrDigest: string,
  platform: Platform = DEFAULT_PLATFORM,
): Promise<Inspection> {
  const root = parseManifest(await source.manifest(tagOrDigest));
  const manifest = root.type === 'image' ? root : await fetchEntry(source, root, choosePlatform(root, platform));
  const config = await fetchConfig(source, manifest);
  const { digest, mediaType } = root.stored;
  return {
    digest,
    mediaType,
    index: root.type === 'index' ? root : undefined,
    manifest,
    facts: imageFacts(config.bytes),
    rateLimit: source.rateLimit,
  };
}
