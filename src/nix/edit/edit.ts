import { PullpinError } from '../../errors.js';
import { type TokenList, tokenize } from '../language/lexer.js';
import type { Range } from '../language/position.js';
import type { Quote, TextValue } from '../values/value.js';
import { quoteLike } from './quote-like.js';

/** A change of one source: the text between `start` and `end` (UTF-16 indices) becomes `text`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Whether it replaces a list of layers as a whole. */
  readonly isOfLayers?: true;
}

/** A change of one of several files. */
export interface FileEdit extends Edit {
  readonly file: string;
  /** Whether the file is JSON, TOML, YAML or plain text, and no Nix code. */
  readonly isData?: true;
}

/** Two changes of one source that cannot both be made. */
export class OverlappingEditsError extends PullpinError {
  constructor(
    readonly first: Edit,
    readonly second: Edit,
  ) {
    super(
      `two changes overlap, at ${first.start}-${first.end} and ${second.start}-${second.end}; change one at a time`,
    );
  }
}

/**
 * The source with all edits made. The edits may be in any order. Throws an OverlappingEditsError; two insertions at one place overlap too.
 *
 * @example
 * ```js
 * import { applyEdits } from 'pullpin';
 *
 * console.log(applyEdits('tag = "7.2";', [{ start: 7, end: 10, text: '7.4' }])); // tag = "7.4";
 * ```
 */
export function applyEdits(source: string, edits: readonly Edit[]): string {
  const pieces: string[] = [];
  let at = 0;
  let last: Edit | undefined;
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (!(0 <= edit.start && edit.start <= edit.end && edit.end <= source.length)) {
      throw new RangeError(`the source has no range ${edit.start}-${edit.end}`);
    }
    if (last && (edit.start < last.end || edit.start === last.start)) throw new OverlappingEditsError(last, edit);
    pieces.push(source.slice(at, edit.start), edit.text);
    at = edit.end;
    last = edit;
  }
  return pieces.join('') + source.slice(at);
}

/** The edits without repetitions, and the edits that conflict: they overlap, or put different texts at one place. */
export function reconcileEdits(edits: readonly FileEdit[]): {
  readonly edits: FileEdit[];
  readonly conflicts: FileEdit[];
} {
  const sorted = edits.toSorted((a, b) =>
    a.file < b.file ? -1 : a.file > b.file ? 1 : a.start - b.start || a.end - b.end,
  );
  const unique = sorted.filter((edit, index) => !isSame(edit, sorted[index - 1]));
  const conflicts = new Set<FileEdit>();
  let furthest: FileEdit | undefined;
  for (const edit of unique) {
    if (furthest?.file === edit.file && (edit.start < furthest.end || edit.start === furthest.start)) {
      conflicts.add(furthest).add(edit);
    }
    if (furthest?.file !== edit.file || edit.end >= furthest.end) furthest = edit;
  }
  return { edits: unique.filter((edit) => !conflicts.has(edit)), conflicts: [...conflicts] };
}

/**
 * The edit that changes a value to `text`; none when the value is `text` already. When several pieces make the value, all but one
 * must stay the same. Undefined when this is impossible, or when the piece is computed. Throws a PullpinError for text that no literal can hold.
 */
export function rewrite(value: TextValue, text: string): FileEdit[] | undefined {
  if (value.text === text) return [];
  const segments = [...value.segments];
  let left = text;
  while (segments.length > 1 && left.startsWith(segments[0]?.text ?? ''))
    left = left.slice(segments.shift()?.text.length ?? 0);
  while (segments.length > 1 && left.endsWith(segments.at(-1)?.text ?? '')) {
    left = left.slice(0, left.length - (segments.pop()?.text.length ?? 0));
  }
  const [segment] = segments;
  if (segments.length !== 1 || !segment?.origin) return undefined;
  const { file, start, end, quote } = segment.origin;
  const edit = { file, start, end, text: quoteLike(quote, left) };
  return [DATA_QUOTES.has(quote) ? { ...edit, isData: true } : edit];
}

/** The formats of strings in files that are not Nix. */
const DATA_QUOTES: ReadonlySet<Quote> = new Set(['json', 'toml', 'yaml', 'yaml-plain', 'file']);

/**
 * Whether an edited Nix source is the same program except for the new strings: outside the edits it has the same tokens,
 * and each edit is only a piece of a string, a whole string, or a piece of a comment. An edit that only inserts text may also be whole
 * attributes with constant strings, or whole entries of a table with such attributes, and one of layers is a list of them. This is the last
 * check before a file is written.
 */
export function differsOnlyIn(before: string, after: string, edits: readonly Edit[]): boolean {
  if (applyEdits(before, edits) !== after) return false;
  const sorted = edits.toSorted((a, b) => a.start - b.start);
  let shift = 0;
  const changed = sorted.map(({ start, end, text }) => {
    const range = { start: start + shift, end: start + shift + text.length };
    shift += text.length - (end - start);
    return range;
  });
  const [old, current] = [split(before, sorted), split(after, changed)];
  if (!old || !current || old.outside.length !== current.outside.length) return false;
  const isSameOutside = old.outside.every((token, index) => token === current.outside[index]);
  const isOfLayers = (at: number) => sorted[at]?.isOfLayers === true;
  const isInsertion = (at: number) => sorted[at]?.start === sorted[at]?.end;
  return (
    isSameOutside &&
    current.inside.every(
      (kinds, at) =>
        HARMLESS.has(kinds) || (isInsertion(at) && isWhole(kinds)) || (isOfLayers(at) && LAYERS.test(kinds)),
    )
  );
}

// What an edit may consist of, by the kinds of its tokens.
const HARMLESS = new Set(['', 'text', 'uri', '" text "-end', '" "-end']);

function isWhole(kinds: string): boolean {
  return ATTRIBUTES.test(kinds) || ENTRIES.test(kinds);
}

const TEXT = '" text "-end';
const NAME = `(?:identifier|${TEXT})`;
const LAYER = `(?: ${TEXT}| \\{ identifier = ${TEXT} ; identifier = identifier ; \\})`;
// Entries of a table by system: a string, or a set of strings, names such as `false` and lists of layers, which may be given to a function.
const ATTRIBUTE = `(?:identifier = (?:${TEXT}|identifier|\\[${LAYER}* \\]) ; )`;
const SET = `(?:identifier (?:\\. ${NAME} )*)?\\{ ${ATTRIBUTE}*\\}`;
const ENTRIES = new RegExp(`^(?:${NAME} = (?:${TEXT}|${SET}) ;(?: |$))+$`);
const ATTRIBUTES = /^(?:(?:identifier \. )*identifier = " text "-end ;(?: |$))+$/;

// A layer is a string, or a set of a string and a boolean.
const LAYERS = new RegExp(`^\\[${LAYER}* \\]$`);

/** The tokens outside the ranges, and the kinds of the tokens in each range; undefined when the source is not Nix. */
function split(source: string, ranges: readonly Range[]): { outside: string[]; inside: string[] } | undefined {
  const tokens = tokensOf(source);
  if (!tokens) return undefined;
  const { kinds, starts, ends } = tokens;
  const outside: string[] = [];
  const inside = ranges.map((): string[] => []);
  let next = 0;
  kinds.forEach((kind, index) => {
    const [start = 0, end = 0] = [starts[index], ends[index]];
    while ((ranges[next]?.end ?? Number.POSITIVE_INFINITY) <= start) next++;
    // A path's end is empty, so it touches nothing; a piece of text may hold several ranges.
    if (end <= (ranges[next]?.start ?? end)) outside.push(`${kind} ${source.slice(start, end)}`);
    for (let at = next; at < ranges.length && (ranges[at]?.start ?? end) < end; at++) inside[at]?.push(kind);
  });
  return { outside, inside: inside.map((each) => each.join(' ')) };
}

function tokensOf(source: string): TokenList | undefined {
  try {
    return tokenize(source, '');
  } catch (error) {
    if (error instanceof PullpinError) return undefined;
    throw error;
  }
}

function isSame(edit: FileEdit, other: FileEdit | undefined): boolean {
  return other?.file === edit.file && other.start === edit.start && other.end === edit.end && other.text === edit.text;
}
