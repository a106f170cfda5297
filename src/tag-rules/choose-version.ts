import { compareVersions } from './compare-versions.js';
import type { Level, VersionRange } from './rule.js';
import { parseVersion, type Version } from './version.js';
import { isInRange, isWithinLevel } from './version-range.js';

/** What was chosen from a list of tags; undefined where no tag of the list fits. */
export interface TagChoice {
  /** The tag that the rule leads to. */
  readonly wanted: string | undefined;
  /** The highest tag of the same kind, whatever the rule allows: same suffix, same scheme, as many numbers. */
  readonly newest: string | undefined;
}

/** What a version must share with what was pinned or asked for, to be of the same kind. */
interface Kind {
  readonly scheme: Version['scheme'];
  readonly suffix: string;
  readonly precision: number;
  readonly hasV: boolean;
  /** Whether a pre-release may be chosen. */
  readonly allows: (version: Version) => boolean;
}

/**
 * The highest version of a range. The suffix is that of the rule, else that of the pinned tag; a version has as many numbers as the more
 * precise of both. A pinned tag in the range is never followed by a lower one; one outside of it may be, because that is what the rule says.
 */
export function chooseInRange(range: VersionRange, pinnedTag: string | undefined, tags: Iterable<string>): TagChoice {
  const pinned = versionOf(pinnedTag);
  const kind: Kind = {
    // What may be a date, or the number of a commit or a build, is chosen only for who has or names one.
    scheme: range.scheme ?? pinned?.scheme ?? 'number',
    suffix: range.suffix ?? pinned?.suffix ?? '',
    precision: Math.max(range.precision, pinned?.numbers.length ?? 0),
    hasV: pinned?.hasV ?? range.hasV,
    allows: (version) => range.preRelease !== '' || isOfSameRelease(version, pinned),
  };
  return choose(kind, pinned, tags, (version) => isInRange(version, range));
}

/** The highest version that is no further away from the pinned one than the level says; the pinned tag itself when that is no version. */
export function chooseWithinLevel(level: Level, pinnedTag: string, tags: Iterable<string>): TagChoice {
  const pinned = parseVersion(pinnedTag);
  if (!pinned) return { wanted: pinnedTag, newest: pinnedTag };
  const { scheme, suffix, hasV, numbers } = pinned;
  const allows = (version: Version): boolean => isOfSameRelease(version, pinned);
  const kind: Kind = { scheme, suffix, precision: numbers.length, hasV, allows };
  return choose(kind, pinned, tags, (version) => isWithinLevel(version, pinned, level));
}

function versionOf(tag: string | undefined): Version | undefined {
  return tag === undefined ? undefined : parseVersion(tag);
}

/** Whether both are pre-releases of one release: who has one of them waits for that release. */
function isOfSameRelease(version: Version, pinned: Version | undefined): boolean {
  if (!pinned || pinned.preRelease === '') return false;
  return compareVersions({ ...version, preRelease: '' }, { ...pinned, preRelease: '' }) === 0;
}

function choose(
  kind: Kind,
  pinned: Version | undefined,
  tags: Iterable<string>,
  isWanted: (version: Version) => boolean,
): TagChoice {
  const isKept = pinned !== undefined && isOfKind(pinned, kind);
  let newest = isKept ? pinned : undefined;
  let wanted = isKept && isWanted(pinned) ? pinned : undefined;
  for (const tag of tags) {
    const version = parseVersion(tag);
    if (!version || !isOfKind(version, kind)) continue;
    if (isBetter(version, newest, kind, pinned)) newest = version;
    if (isWanted(version) && isBetter(version, wanted, kind, pinned)) wanted = version;
  }
  return { wanted: wanted?.tag, newest: newest?.tag };
}

function isOfKind(version: Version, { scheme, suffix, precision, allows }: Kind): boolean {
  if (version.scheme !== scheme || version.suffix !== suffix || version.numbers.length !== precision) return false;
  return version.preRelease === '' || allows(version);
}

/** Of two spellings of one version the pinned one stays, then the one with the same `v`, then the first in the order of the alphabet. */
function isBetter(version: Version, best: Version | undefined, { hasV }: Kind, pinned: Version | undefined): boolean {
  if (!best) return true;
  const difference = compareVersions(version, best);
  if (difference !== 0) return difference > 0;
  if (best.tag === pinned?.tag) return false;
  if (version.hasV !== best.hasV) return version.hasV === hasV;
  return version.tag < best.tag;
}
