import { parseVersion, type Version } from './version.js';

/** How far a version may move: to another patch of the same minor version, to another minor version of the same major one, or to any. */
export type Level = 'patch' | 'minor' | 'major';

/** Versions that a rule allows. */
export interface VersionRange {
  /** `prefix` is `16.x`: all that begin with these numbers. `caret` and `tilde` are `^1.27` and `~3.20`, with npm's meaning. */
  readonly kind: 'prefix' | 'caret' | 'tilde';
  /** The numbers that are written; none for `x`. */
  readonly numbers: readonly number[];
  readonly preRelease: string;
  /** How many numbers a version has: those of `16.x` are two. */
  readonly precision: number;
  readonly scheme: Version['scheme'] | undefined;
  readonly hasV: boolean;
  /** Undefined when the rule names none: then that of the pinned tag stays. */
  readonly suffix: string | undefined;
}

/** A regular expression between slashes. */
export interface WrittenExpression {
  readonly body: string;
  readonly flags: string;
}

/**
 * Which tag a pin should have.
 * - `digest`: the one that it has; only its digest moves
 * - `range`: the highest version of a range
 * - `level`: the highest version that is no further away than that
 * - `expression`: of the tags that match, the one with the highest groups
 * - `newest`: of the tags that match, the one whose image was made last
 */
export type TagRule =
  | { readonly kind: 'digest' }
  | { readonly kind: 'range'; readonly range: VersionRange }
  | { readonly kind: 'level'; readonly level: Level }
  | { readonly kind: 'expression'; readonly expression: WrittenExpression }
  | { readonly kind: 'newest'; readonly expression: WrittenExpression };

const EXPRESSION = /^(newest\s+)?\/(.+)\/([iu]*)$/;
/** Numbers, then one or more places for any number, then a suffix. */
const PREFIX = /^(v?)((?:\d{1,15}\.)*)((?:[xX*]\.)*[xX*])(?:[-_]([\w.-]{1,128}))?$/;

/**
 * Reads what may stand in place of a tag: `16.x-alpine`, `^1.27`, `~3.20-alpine`, `/^v(\d+)\.(\d+)$/`, `newest /^main-/`, `digest`. Undefined
 * for all else, such as a tag. A regular expression is not compiled here, so it may still have mistakes.
 */
export function parseTagRule(text: string): TagRule | undefined {
  if (text === 'digest') return { kind: 'digest' };
  const [whole, newest, body = '', flags = ''] = EXPRESSION.exec(text) ?? [];
  if (whole !== undefined) return { kind: newest === undefined ? 'expression' : 'newest', expression: { body, flags } };
  const range = prefixRange(text) ?? comparedRange(text);
  return range && { kind: 'range', range };
}

function prefixRange(text: string): VersionRange | undefined {
  const [whole, mark, written = '', places = '', suffix] = PREFIX.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const digits = written.slice(0, -1);
  const numbers = digits === '' ? [] : digits.split('.').map(Number);
  return {
    kind: 'prefix',
    numbers,
    preRelease: '',
    precision: numbers.length + places.split('.').length,
    scheme: parseVersion(digits)?.scheme,
    hasV: mark === 'v',
    suffix,
  };
}

function comparedRange(text: string): VersionRange | undefined {
  const kind = text.startsWith('^') ? 'caret' : 'tilde';
  const version = /^[~^]/.test(text) ? parseVersion(text.slice(1)) : undefined;
  if (!version) return undefined;
  const { numbers, preRelease, scheme, hasV, suffix } = version;
  const precision = numbers.length;
  return { kind, numbers, preRelease, precision, scheme, hasV, suffix: suffix === '' ? undefined : suffix };
}
