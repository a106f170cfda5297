import { followedText, type PinSite } from '../nix/find/pin-site.js';
import { findInFiles } from './find.js';
import { followedTag } from './follow.js';
import { type ListedPin, toListedPin } from './listed-pin.js';
import type { PinFiles } from './pin-files.js';

/** Which of the found pins are wanted. Without settings, all are. */
export interface PinSelection {
  readonly isWanted?: ((pin: ListedPin) => boolean) | undefined;
  /** Whether to report the problems of this file: code that looks like a pin but cannot be handled. */
  readonly isWantedFile?: ((path: string) => boolean) | undefined;
  /**
   * Earlier versions of the files. Only pins whose tag, or any other value that the hash depends on, has changed since then are wanted. A file
   * that is missing here had no pins.
   */
  readonly since?: PinFiles | undefined;
}

/** A selection, as functions that decide about what was found. */
export interface Selector {
  isWanted(site: PinSite): boolean;
  isWantedFile(path: string): boolean;
}

/** Makes the selection of a run. With `since`, a pin counts when its image, digest, hash, or another thing that decides its hash differs from the earlier files. */
export function createSelector({ files }: PinFiles, selection: PinSelection): Selector {
  const { isWanted = () => true, isWantedFile = () => true, since } = selection;
  if (!since) return { isWanted: (site) => isWanted(toListedPin(site)), isWantedFile };
  const known = new Set(findInFiles(since).sites.map(signature));
  const earlier = new Map(since.files.map(({ path, text }) => [path, text]));
  const changedFiles = new Set(files.filter(({ path, text }) => earlier.get(path) !== text).map(({ path }) => path));
  return {
    // A pin may have moved within its file.
    isWanted: (site) => isWanted(toListedPin(site)) && !known.has(signature(site)),
    isWantedFile: (path) => isWantedFile(path) && changedFiles.has(path),
  };
}

/** A text with everything that the digest and hash of a pin depend on, and that a bot may have changed. */
function signature(site: PinSite): string {
  const { file, target, imageName, imageDigest, hashes, finalImageName, finalImageTag, os, arch, systems } = site;
  const written = hashes.map(({ value }) => followedText(value) ?? null);
  const recipe = [finalImageName, finalImageTag, os, arch].map((value) => followedText(value) ?? null);
  const follows = followedTag(site)?.tag ?? null;
  return JSON.stringify([file, imageName.text, imageDigest.text, written, target, recipe, follows, systems]);
}
