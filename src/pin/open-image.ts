import type { Cache } from '../cache/cache.js';
import { CachedSource } from '../cache/cached-source.js';
import type { ImageSource, OpenedImage, Registries } from '../oci/image-source.js';
import type { Platform } from '../oci/platform.js';
import { formatRepository, type Reference, tagOrDigestOf } from '../oci/reference.js';

/** Where an image is looked up (in its registry, or in a place of its own: an image that is not pushed yet), and for which platform. */
export type LookUpSettings = (
  | { readonly registries: Registries; readonly from?: undefined }
  | { readonly from: OpenedImage; readonly registries?: undefined }
) & {
  /** Such as `linux/arm64`; linux/amd64 when omitted. */
  readonly platform?: Platform | string | undefined;
  /** What earlier runs found out. */
  readonly cache?: Cache | undefined;
};

/** What an image is read from, and what it is looked up by there. */
export interface LookUpPlace {
  readonly source: ImageSource;
  readonly tagOrDigest: string;
}

/** Finds the place of an image: a registry, or a layout on this machine, with the cache in front of a registry. */
export function openImage(reference: Reference, { registries, from, cache }: LookUpSettings): LookUpPlace {
  const source = registries ? registries.repository(reference) : from.source;
  // An image on this machine need not be kept.
  const isKept = cache !== undefined && from?.digest === undefined;
  return {
    source: isKept ? new CachedSource(source, cache, formatRepository(reference)) : source,
    tagOrDigest: from?.digest ?? tagOrDigestOf(reference),
  };
}
