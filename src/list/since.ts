import type { PinSite } from '../nix/find/pin-site.js';
import { findInFiles, type SourceFile } from './find.js';

/**
 * Says of a pin whether it is new or other than in earlier versions of its file: its image, digest or hash. It may have moved within the
 * file.
 *
 * @param earlier the files as they were; one that is missing had no pins
 */
export function changedSince(
  earlier: readonly SourceFile[],
  read: (path: string) => string | undefined,
): (site: PinSite) => boolean {
  const known = new Set(findInFiles(earlier, read).sites.map(signature));
  return (site) => !known.has(signature(site));
}

function signature({ file, imageName, imageDigest, hashes }: PinSite): string {
  const written = hashes.map(({ value }) => (value.kind === 'text' ? value.text : null));
  return JSON.stringify([file, imageName.text, imageDigest.text, written]);
}
