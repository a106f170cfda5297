import type { RateLimit } from '../oci/image-source.js';
import { downloadSize } from '../oci/manifest.js';
import { formatPlatform, type Platform } from '../oci/platform.js';
import { formatReference, type Reference } from '../oci/reference.js';
import type { Inspection } from './inspect.js';

/** An image in the documented JSON of `pullpin inspect --json`, version 1 (docs/json.md). Keys are added in time, never changed or taken away. */
export interface InspectionJson {
  readonly version: 1;
  readonly image: string;
  readonly digest: string;
  readonly mediaType: string;
  readonly platforms: readonly { readonly platform: string | null; readonly digest: string; readonly size: number }[];
  readonly platform: string | null;
  readonly platformDigest: string;
  readonly layers: readonly { readonly digest: string; readonly mediaType: string; readonly size: number }[];
  readonly downloadSize: number;
  readonly created: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly rateLimit: RateLimit | null;
}

export function inspectionToJson(
  reference: Reference,
  { digest, mediaType, index, manifest, facts, rateLimit }: Inspection,
): InspectionJson {
  return {
    version: 1,
    image: formatReference(reference),
    digest,
    mediaType,
    platforms: (index?.entries ?? []).map(({ platform, digest, size }) => ({
      platform: nameOf(platform),
      digest,
      size,
    })),
    platform: nameOf(facts.platform),
    platformDigest: manifest.stored.digest,
    layers: manifest.layers.map(({ digest, mediaType, size }) => ({ digest, mediaType, size })),
    downloadSize: downloadSize(manifest),
    created: facts.created ?? null,
    labels: facts.labels,
    rateLimit: rateLimit ?? null,
  };
}

function nameOf(platform: Platform | undefined): string | null {
  return platform ? formatPlatform(platform) : null;
}
