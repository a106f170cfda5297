/**
 * How the numbers of a tag are counted. Tags of different schemes are not compared: `20240501` is not a later version than `12`, nor `2024.1` than
 * `3.2`.
 */
export type VersionScheme = 'number' | 'year' | 'date' | 'dashed-date' | 'long-number';

/** A tag that is a version, in its parts. */
export interface Version {
  readonly tag: string;
  readonly scheme: VersionScheme;
  /** `v1.2` begins with a v. */
  readonly hasV: boolean;
  /** The numbers, at least one; those of `21.0.3_9` are four. */
  readonly numbers: readonly number[];
  /** `rc1` of `3.13rc1` and of `3.13-rc1`; empty for a release. */
  readonly preRelease: string;
  /** What else follows the first `-` or `_`: `alpine` of `16.4-alpine`; empty when nothing does. */
  readonly suffix: string;
}

/** The longest tag that a registry may have (OCI distribution-spec). */
const MAX_LENGTH = 128;
/** An optional v; numbers; a build number after an underscore; letters glued to them; the rest. Numbers of 15 digits are exact. */
const VERSION = /^(v?)(\d{1,15}(?:\.\d{1,15})*(?:_\d{1,15}(?![0-9A-Za-z]))?)([A-Za-z][0-9A-Za-z]*)?(?:[-_](.+))?$/;
const DASHED_DATE = /^(v?)(\d{4}-\d{2}-\d{2})()(?:[-_](.+))?$/;
/** Seven to forty hexadecimal digits with a letter among them are a commit. */
const COMMIT = /^(?=.*[a-f])[0-9a-f]{7,40}$/;
/** With a number it is one of several pre-releases; without one, as in `27-rc`, it is the name of a channel, which is a suffix like any other. */
const PRE_RELEASE = /^(?:alpha|beta|rc|cr|pre|preview|milestone|m|ea|dev)\.?\d+(?:\.\d+)*$/i;
const YEAR = /^(?:19|20)\d{2}$/;
const DATE = /^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{2}|\d{4}|\d{6})?$/;
/** Digits of a number that may as well be a commit or the number of a build. */
const LONG_NUMBER = 7;

/**
 * Reads a tag as a version, by the semantics of Renovate's docker versioning: an optional v, any number of numbers, then letters of a pre-release,
 * then a suffix. Dates, build numbers after an underscore and pre-releases behind a dash are read in addition. Undefined for any other tag, such
 * as `latest`, `bookworm-20240513` or a commit.
 */
export function parseVersion(tag: string): Version | undefined {
  if (tag.length > MAX_LENGTH || COMMIT.test(tag)) return undefined;
  const date = DASHED_DATE.exec(tag);
  const isDate = date !== null && DATE.test((date[2] ?? '').replaceAll('-', ''));
  const [, mark, digits = '', glued = '', rest = ''] = (isDate ? date : VERSION.exec(tag)) ?? [];
  if (mark === undefined) return undefined;
  const { preRelease, suffix } = splitRest(rest);
  return {
    tag,
    scheme: isDate ? 'dashed-date' : schemeOf(digits),
    hasV: mark === 'v',
    numbers: digits.split(/[._-]/).map(Number),
    preRelease: glued === '' ? preRelease : glued,
    suffix: glued === '' ? suffix : rest,
  };
}

function splitRest(rest: string): { preRelease: string; suffix: string } {
  const [first = '', ...others] = rest.split('-');
  return PRE_RELEASE.test(first) ? { preRelease: first, suffix: others.join('-') } : { preRelease: '', suffix: rest };
}

function schemeOf(digits: string): VersionScheme {
  const [first = ''] = digits.split(/[._]/);
  if (YEAR.test(first)) return 'year';
  if (DATE.test(first)) return 'date';
  return first.length >= LONG_NUMBER ? 'long-number' : 'number';
}
