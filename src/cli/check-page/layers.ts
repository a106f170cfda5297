import type { InventoryEntry } from '../../check/check.js';
import type { BlobDigest } from '../../oci/digest.js';
import { count, formatBytes } from '../terminal/format.js';
import { nameOf, shownDigest } from './names.js';

/** A layer that several images have. */
interface SharedLayer {
  readonly digest: BlobDigest;
  /** In bytes, as the registry has it. */
  readonly size: number;
  /** The names of the images. */
  readonly images: readonly string[];
  /** What it takes beyond the first time, in bytes. */
  readonly again: number;
}

/** The layers of all images that more than one of them has. */
export interface SharedLayers {
  readonly digests: ReadonlySet<BlobDigest>;
  /** First those that take the most. */
  readonly layers: readonly SharedLayer[];
  /** How many layers there are, shared or not. */
  readonly total: number;
  /** What all of them take beyond the first time, in bytes. */
  readonly again: number;
}

export function sharedLayers(inventory: readonly InventoryEntry[]): SharedLayers {
  const users = new Map<BlobDigest, { readonly size: number; readonly images: string[] }>();
  for (const { image, name } of distinctImages(inventory))
    for (const { digest, size } of image.layers) {
      const user = users.get(digest) ?? { size, images: [] };
      user.images.push(name);
      users.set(digest, user);
    }
  const layers = [...users]
    .filter(([, { images }]) => images.length > 1)
    .map(([digest, { size, images }]) => ({ digest, size, images, again: size * (images.length - 1) }))
    .toSorted((a, b) => b.again - a.again || (a.digest < b.digest ? -1 : 1));
  const again = layers.reduce((sum, layer) => sum + layer.again, 0);
  return { layers, again, total: users.size, digests: new Set(layers.map(({ digest }) => digest)) };
}

/** Each image once, under the name of the first pin that has it. */
function distinctImages(inventory: readonly InventoryEntry[]) {
  const images = new Map<string, { image: NonNullable<InventoryEntry['image']>; name: string }>();
  for (const entry of inventory)
    if (entry.image && !images.has(entry.image.digest))
      images.set(entry.image.digest, { image: entry.image, name: nameOf(entry) });
  return images.values();
}

const MOST_ROWS = 40;
const MOST_NAMES = 12;

/** The same for the template. */
export function layerValues({ layers, again, total }: SharedLayers) {
  return {
    summary: `${layers.length} of ${count(total, 'layer')} ${layers.length === 1 ? 'is' : 'are'} in more than one image. To download all images takes ${formatBytes(again)} more than each layer once.`,
    omitted: Math.max(0, layers.length - MOST_ROWS),
    rows: layers.slice(0, MOST_ROWS).map(({ digest, size, images, again: more }) => ({
      digest,
      shownDigest: shownDigest(digest),
      size: formatBytes(size),
      again: formatBytes(more),
      images: images.slice(0, MOST_NAMES),
      moreImages: images.length > MOST_NAMES ? `and ${images.length - MOST_NAMES} more` : '',
    })),
  };
}
