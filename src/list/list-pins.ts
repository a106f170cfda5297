import type { Cache } from '../cache/cache.js';
import { knownDigestKind } from '../cache/known-manifests.js';
import { type ProvenRecipe, provenRecipe } from '../cache/proven-recipes.js';
import type { PinSite } from '../nix/find/pin-site.js';
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
  const kindOf = digestKinds(selection.cache);
  const found = findInFiles(pinFiles);
  const sites = found.sites.filter(isWanted);
  const problems = found.problems.filter(({ file }) => isWantedFile(file));
  return {
    pins: sites.map((site) => ({
      ...toListedPin(site),
      proven: provenOf(site, selection.cache),
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

function provenOf({ assumed, hashes: [hash] }: PinSite, cache: Cache | undefined): ProvenRecipe | null {
  const isAssumed = assumed.length > 0 && hash?.written !== undefined && !hash.isPlaceholder;
  return (isAssumed && cache && hash.written && provenRecipe(cache, hash.written.hash)) || null;
}

/** What the digests of pins are of. The cache is asked once for a digest, however many pins have it. */
function digestKinds(cache: Cache | undefined): (site: PinSite) => ProvenPin['digestKind'] {
  const known = new Map<string, ProvenPin['digestKind']>();
  return ({ imageName: { text: name }, imageDigest: { text: digest } }) => {
    const key = `${name}@${digest}`;
    const kind = known.get(key) ?? (cache && knownDigestKind(cache, name, digest)) ?? null;
    known.set(key, kind);
    return kind;
  };
}

/** The problem in a pin's text, with the same message as in a bump. */
function flawProblem({ flaw, isFrozen, file, line, column, imageDigest }: PinSite): ListedProblem[] {
  return flaw && !isFrozen ? [{ file, line, column, ...flaw, imageDigest: imageDigest.text }] : [];
}

function toListedProblem({ file, line, column, code, message, imageDigest }: ListedProblem): ListedProblem {
  return { file, line, column, code, message, imageDigest };
}
