import { followedText, type PinSite } from '../nix/find/pin-site.js';
import { groupedBy } from '../nix/values/ordered.js';
import { findInFiles } from './find.js';
import { followedTag } from './follow.js';
import { type ListedPin, toListedPin } from './listed-pin.js';
import type { PinFiles } from './pin-files.js';

/** Which of the found pins are wanted. Without settings, all are. */
export interface PinSelection {
  /** Whether this pin is wanted; all are when omitted. */
  readonly isWanted?: ((pin: ListedPin) => boolean) | undefined;
  /** Whether to report the problems of this file: code that looks like a pin but cannot be handled. */
  readonly isWantedFile?: ((path: string) => boolean) | undefined;
  /**
   * Earlier versions of the files. Only pins whose tag, or any other value that the hash depends on, has changed since then are wanted. A file
   * that is missing here had no pins.
   */
  readonly since?: PinFiles | undefined;
}

/** The same pin at an earlier revision, found by its hash; undefined when no pin, or no single one, had this hash. */
export type EarlierPin = (site: PinSite) => PinSite | undefined;

/** A selection, as functions that decide about what was found. */
export interface Selector {
  isWanted(site: PinSite): boolean;
  isWantedFile(path: string): boolean;
  readonly earlierPin: EarlierPin;
}

/** Makes the selection of a run. With `since`, a pin counts when its image, digest, hash, or another thing that decides its hash differs from the earlier files. */
export function createSelector({ files }: PinFiles, selection: PinSelection): Selector {
  const { isWanted = () => true, isWantedFile = () => true, since } = selection;
  if (!since) return { isWanted: (site) => isWanted(toListedPin(site)), isWantedFile, earlierPin: () => undefined };
  const { sites } = findInFiles(since);
  const known = new Set(sites.map(signature));
  const earlier = new Map(since.files.map(({ path, text }) => [path, text]));
  const changedFiles = new Set(files.filter(({ path, text }) => earlier.get(path) !== text).map(({ path }) => path));
  return {
    // A pin may have moved within its file.
    isWanted: (site) => isWanted(toListedPin(site)) && !known.has(signature(site)),
    isWantedFile: (path) => isWantedFile(path) && changedFiles.has(path),
    earlierPin: earlierPins(sites),
  };
}

/** A text with everything that the digest and hash of a pin depend on, also in code that is not seen, and that a bot may have changed. */
function signature(site: PinSite): string {
  const { file, target, imageName, imageDigest, hashes, finalImageName, finalImageTag, os, arch, systems } = site;
  const written = hashes.map(({ value }) => followedText(value) ?? null);
  const recipe = [finalImageName, finalImageTag, os, arch].map((value) => followedText(value) ?? null);
  const tags = [
    followedTag(site)?.tag ?? null,
    site.tag?.text ?? null,
    ...site.finalTagGuesses,
    ...site.rules.map(({ text }) => text),
  ];
  return JSON.stringify([file, imageName.text, imageDigest.text, written, target, recipe, tags, systems]);
}

/**
 * Finds pins at an earlier revision by their hashes, which a bot that changes anything else cannot have computed. The pin of the same file
 * comes first, because other files may have had the same one.
 *
 * @param sites the pins of that revision
 */
function earlierPins(sites: readonly PinSite[]): EarlierPin {
  const byHash = groupedBy(sites.filter(hasHash), hashKey);
  return (site) => {
    const all = hasHash(site) ? (byHash.get(hashKey(site)) ?? []) : [];
    const here = all.filter(({ file }) => file === site.file);
    return onlyOne(here.length > 0 ? here : all);
  };
}

function onlyOne(sites: readonly PinSite[]): PinSite | undefined {
  const distinct = new Map(sites.map((site) => [valuesKey(site), site]));
  return distinct.size === 1 ? sites[0] : undefined;
}

function hasHash({ hashes: [hash] }: PinSite): boolean {
  return hash !== undefined && !hash.isPlaceholder && hash.value.kind === 'text';
}

function hashKey({ hashes }: PinSite): string {
  return JSON.stringify(hashes.map(({ value }) => followedText(value) ?? null));
}

function valuesKey({ imageName, imageDigest, finalImageName, finalImageTag, os, arch, tag }: PinSite): string {
  const others = [finalImageName, finalImageTag, os, arch, tag].map((value) => followedText(value) ?? null);
  return JSON.stringify([imageName.text, imageDigest.text, ...others]);
}
