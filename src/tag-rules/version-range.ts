import { compareVersions } from './compare-versions.js';
import type { Level, VersionRange } from './rule.js';
import type { Version } from './version.js';

/** Whether a version is in a range. Its suffix, its precision and whether it is a pre-release are not looked at. */
export function isInRange(version: Version, range: VersionRange): boolean {
  const { kind, numbers } = range;
  if (range.scheme !== undefined && range.scheme !== version.scheme) return false;
  const isAbove = kind === 'prefix' || compareVersions(version, range) >= 0;
  return isAbove && numbers.slice(0, fixedNumbers(range)).every((number, at) => version.numbers[at] === number);
}

/** How many numbers a range leaves as they are: those of `^0.2.3` are two, because a major version 0 promises nothing (semver.org, 4). */
function fixedNumbers({ kind, numbers }: VersionRange): number {
  if (kind === 'prefix') return numbers.length;
  if (kind === 'tilde') return Math.min(numbers.length, 2);
  const significant = numbers.findIndex((number) => number !== 0);
  return (significant === -1 ? numbers.length - 1 : significant) + 1;
}

const KEPT_NUMBERS: Readonly<Record<Level, number>> = { patch: 2, minor: 1, major: 0 };

/** Whether a version is no further away from the pinned one than a level allows. */
export function isWithinLevel(version: Version, pinned: Version, level: Level): boolean {
  return pinned.numbers.slice(0, KEPT_NUMBERS[level]).every((number, at) => version.numbers[at] === number);
}
