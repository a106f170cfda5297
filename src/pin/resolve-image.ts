import { DEFAULT_PLATFORM, toPlatform } from '../oci/platform.js';
import { type Reference, toReference } from '../oci/reference.js';
import { type LookUpSettings, openImage } from './open-image.js';
import { type DigestChoice, type Resolution, resolve } from './resolve.js';

/** Where an image is looked up, and which of its digests a pin would carry. */
export type ResolveSettings = LookUpSettings & {
  /** `index` when omitted, unless the platform has a variant that Nix could not choose. */
  readonly digest?: DigestChoice | undefined;
};

/**
 * Looks up the manifests of an image, such as `redis:7.4`: one request, or two when it has an index. Throws a PullpinError.
 *
 * @example
 * ```js
 * import { connectRegistries, fromProcess, resolveImage } from 'pullpin';
 *
 * const registries = await connectRegistries(fromProcess());
 * const { imageDigest } = await resolveImage('redis:7.4', { registries });
 * console.log(imageDigest); // sha256:d00a7d8ed3848f32b407b52e705df94e876eea37dc10b0fa55bd0c3f57fb4371
 * await registries.close();
 * ```
 */
export async function resolveImage(image: Reference | string, settings: ResolveSettings): Promise<Resolution> {
  const { platform = DEFAULT_PLATFORM, digest } = settings;
  return resolve({ ...openImage(toReference(image), settings), platform: toPlatform(platform), digest });
}
