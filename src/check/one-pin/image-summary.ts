import { ifAvailable } from '../../concurrency/if-available.js';
import { choosePlatform } from '../../oci/choose-platform.js';
import type { Descriptor } from '../../oci/descriptor.js';
import { type Digest, isDigest } from '../../oci/digest.js';
import { downloadSize, type ImageIndex, type ImageManifest } from '../../oci/manifest.js';
import type { Platform } from '../../oci/platform.js';
import { platformsOfIndex } from '../../pin/platforms.js';
import type { CheckedPin } from './checked-pin.js';

/** What manifests and the config say of the image that a pin fetches. None of its layers was looked at. */
export interface ImageSummary {
  /** Of the image itself, also where the pin has the digest of an index. */
  readonly digest: Digest;
  /** What the config says; undefined where it says nothing that is a platform. */
  readonly platform: Platform | undefined;
  /** Those of the index, where the pin has the digest of one; else its own. */
  readonly platforms: readonly Platform[];
  /** What a download takes, in bytes. */
  readonly size: number;
  /** Each once. */
  readonly layers: readonly Pick<Descriptor, 'digest' | 'size'>[];
  /** When the image was made, as it says itself, in milliseconds since 1970. */
  readonly created: number | undefined;
}

/** Looks at the image of a pin: one of its own platform, or else of the platform that pins have without one. Undefined when it cannot be looked up. */
export function summarizeImage(pin: CheckedPin): Promise<ImageSummary | undefined> {
  return ifAvailable(look(pin));
}

async function look({ digest, platform, lookUps, settings }: CheckedPin): Promise<ImageSummary | undefined> {
  const root = await lookUps.manifest(digest);
  const chosen = root.type === 'image' ? digest : choosePlatform(root, platform ?? settings.platform).digest;
  const manifest = isDigest(chosen) ? await lookUps.manifest(chosen) : undefined;
  if (manifest?.type !== 'image') return undefined;
  const facts = await ifAvailable(lookUps.facts(manifest));
  const created = Date.parse(facts?.created ?? '');
  return {
    digest: manifest.stored.digest,
    platform: facts?.platform,
    platforms: platformsIn(root, facts?.platform),
    size: downloadSize(manifest),
    layers: distinctLayers(manifest),
    created: Number.isNaN(created) ? undefined : created,
  };
}

function platformsIn(root: ImageIndex | ImageManifest, own: Platform | undefined): readonly Platform[] {
  if (root.type === 'index') return platformsOfIndex(root);
  return own ? [own] : [];
}

function distinctLayers({ layers }: ImageManifest): ImageSummary['layers'] {
  const sizes = new Map(layers.map(({ digest, size }) => [digest, Math.max(size, 0)]));
  return [...sizes].map(([digest, size]) => ({ digest, size }));
}
