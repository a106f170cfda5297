import type { Cache } from '../cache/cache.js';
import { knownDigestKind } from '../cache/known-manifests.js';
import { type ProvenRecipe, provenRecipe } from '../cache/proven-recipes.js';
import type { PinSite } from '../nix/find/pin-site.js';
import type { Digest } from '../oci/digest.js';
import { findInFiles } from './find.js';
import { type ListedPin, toListedPin } from './listed-pin.js';
import { cautionsOf, type ListedProblem, type PinFiles, unfollowedHashes } from './pin-files.js';
import { createSelector, type PinSelection } from './select.js';

/** A pin, and what earlier runs found out about it. */
export interface ProvenPin extends ListedPin {
  /** What a bump has proven its hash to be made from; null where it has proven nothing. */
  readonly proven: ProvenRecipe | null;
  /** What its digest is of; null where no earlier run has seen its manifest. */
  readonly digestKind: 'index' | 'platform' | null;
}

/** The pins and problems of some files, in the documented JSON of `pullpin list --json` (docs/json.md). */
export interface PinList {
  readonly pins: readonly ProvenPin[];
  /** Code that looks like a pin but cannot be handled, and files that cannot be read. */
  readonly problems: readonly ListedProblem[];
}

/**
 * The pins of some files, and the tags that they follow. Uses no network.
 *
 * @example
 * ```js
 * import { listPins } from 'pullpin';
 *
 * const text = '{ image = "redis:7.4@sha256:' + '0'.repeat(64) + '"; }';
 * const { pins } = listPins({ files: [{ path: 'images.nix', text }] });
 * for (const { file, line, imageName, follows } of pins) console.log(file, line, imageName, follows); // images.nix 1 redis 7.4
 * ```
 */
export function listPins(
  pinFiles: PinFiles,
  selection: PinSelection & { readonly cache?: Cache | undefined } = {},
): PinList {
  const { isWanted, isWantedFile } = createSelector(pinFiles, selection);
  const { cache } = selection;
  const kindOf = onceForEach(digestOf, (site) => digestKind(site, cache));
  const recipeOf = onceForEach(assumedHash, (_, hash) => (cache && provenRecipe(cache, hash)) ?? null);
  const found = findInFiles(pinFiles);
  const sites = found.sites.filter(isWanted);
  const problems = found.problems.filter(({ file }) => isWantedFile(file));
  return {
    pins: sites.map((site) => ({
      ...toListedPin(site),
      proven: recipeOf(site),
      digestKind: kindOf(site),
    })),
    problems: [
      ...problems,
      ...sites.flatMap(flawProblem),
      ...cautionsOf(sites),
      ...sites.flatMap(unfollowedHashes),
      ...(pinFiles.unreadable ?? []),
    ].map(toListedProblem),
  };
}

/** A hash of which a part is assumed, so that a proof may be kept. */
function assumedHash({ assumed, hashes: [hash] }: PinSite): Digest | undefined {
  return assumed.length > 0 && !hash?.isPlaceholder ? hash?.written?.hash : undefined;
}

function digestOf({ imageName, imageDigest }: PinSite): string {
  return `${imageName.text}@${imageDigest.text}`;
}

function digestKind({ imageName, imageDigest }: PinSite, cache: Cache | undefined): ProvenPin['digestKind'] {
  return (cache && knownDigestKind(cache, imageName.text, imageDigest.text)) ?? null;
}

/** What the cache has about pins. It is asked once for each key, however many pins have it; nothing is known of a pin without one. */
function onceForEach<Key extends string, Fact>(
  keyOf: (site: PinSite) => Key | undefined,
  ask: (site: PinSite, key: Key) => Fact | null,
): (site: PinSite) => Fact | null {
  const known = new Map<Key, Fact | null>();
  return (site) => {
    const key = keyOf(site);
    if (key === undefined) return null;
    const fact = known.get(key);
    if (fact !== undefined) return fact;
    const asked = ask(site, key);
    known.set(key, asked);
    return asked;
  };
}

/** The problem in a pin's text, with the same message as in a bump. */
function flawProblem({ flaw, isFrozen, file, line, column, imageDigest }: PinSite): ListedProblem[] {
  return flaw && !isFrozen ? [{ file, line, column, ...flaw, imageDigest: imageDigest.text }] : [];
}

function toListedProblem({ file, line, column, code, message, imageDigest }: ListedProblem): ListedProblem {
  return { file, line, column, code, message, imageDigest };
}
