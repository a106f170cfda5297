import type { InventoryEntry } from '../../check/check.js';
import { printable } from '../../errors.js';
import { hexOf, isBlobDigest } from '../../oci/digest.js';
import { formatPlatform } from '../../oci/platform.js';

/** `redis:7.4`, with the platform where it is not the usual one. */
export function nameOf({ imageName, tag, image }: InventoryEntry): string {
  const platform = image?.platform && formatPlatform(image.platform);
  const shown = platform === undefined || platform === 'linux/amd64' ? '' : ` (${platform})`;
  return `${imageAndTag({ imageName, tag })}${shown}`;
}

/** `redis:7.4`, or the name alone where nothing says the tag. */
export function imageAndTag({ imageName, tag }: Pick<InventoryEntry, 'imageName' | 'tag'>): string {
  return printable(`${imageName}${tag === undefined ? '' : `:${tag}`}`, 500);
}

/** `2b3c4d5e6f70`; what is no digest stays as it is. */
export function shownDigest(digest: string): string {
  return isBlobDigest(digest) ? hexOf(digest).slice(0, 12) : printable(digest, 100);
}
