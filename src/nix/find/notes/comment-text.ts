import type { Range } from '../../language/position.js';
import type { Comment } from '../../language/syntax.js';

/** A word of a comment, and where it stands in the file. */
export interface Word extends Range {
  readonly text: string;
}

/** Matches the mark of a directive. Without its colon, `pullpin freeze` still says that the pin must stay. */
const DIRECTIVE = /^pullpin(?::|\s+(?=freeze\s*$))/i;
const LONGEST_MARK = 20;
const VERSION = /^v?\d[\w.+-]*$/;
const TAG = /^(?:image ?)?(?:tag|version) ?[:=]? ?['"`]?(\w[\w.-]*)['"`]?$/i;
// A comment that is only a tag is never longer than this, after each run of white space became one space.
const LONGEST_TAG_COMMENT = 200;
/** Matches the beginning of a reference. No character of a name may stand before it, so that the text is not read again for each character. */
const REFERENCE = /(?<![\w.-]|[\w.-]\/)(?:docker:\/\/)?([\w.-]+(?::\d+)?(?:\/[\w.-]+)*):(\w[\w.-]*)/g;
// The name and tag of an image together are never longer than this.
const LONGEST_REFERENCE = 512;

/** The text after the colon: `freeze` for `# pullpin: freeze`; undefined for any other comment. */
function directiveWord(comment: string): Word | undefined {
  const { start, end } = insideOf(comment);
  const [mark] = DIRECTIVE.exec(comment.slice(start, start + LONGEST_MARK)) ?? [];
  return mark === undefined ? undefined : trimmed(comment, start + mark.length, end);
}

/** What a comment says. The places of words are counted from the start of the comment. */
export interface CommentReading {
  readonly directive: Word | undefined;
  readonly version: Word | undefined;
  readonly tag: Word | undefined;
  readonly references: readonly { readonly name: string; readonly tag: Word }[];
  /** Whether a command may begin or end in it that tells a tag. */
  readonly mayBeCommand: boolean;
}

const READINGS = new WeakMap<Comment, CommentReading>();

/** What a comment says, read once: many pins of one line may have the same comments above. */
export function readComment({ source }: { readonly source: string }, comment: Comment): CommentReading {
  const known = READINGS.get(comment);
  if (known) return known;
  const text = source.slice(comment.start, comment.end);
  const reading = {
    directive: directiveWord(text),
    version: versionIn(text),
    tag: tagIn(text),
    references: referencesIn(text),
    mayBeCommand: COMMAND.test(text),
  };
  READINGS.set(comment, reading);
  return reading;
}

const COMMAND = /nix-prefetch-docker|--image-tag/;

/** The version in a comment that consists of a version only. */
function versionIn(comment: string): Word | undefined {
  const inside = insideOf(comment);
  return VERSION.test(inside.text) ? inside : undefined;
}

/** The tag in a comment that consists of a tag only: `tag: 7.2`. */
function tagIn(comment: string): Word | undefined {
  const { start, end } = insideOf(comment);
  const text = comment.slice(start, end).replace(/\s+/g, ' ');
  const tag = text.length > LONGEST_TAG_COMMENT ? undefined : TAG.exec(text)?.[1];
  if (tag === undefined) return undefined;
  const at = comment.lastIndexOf(tag, end - tag.length);
  return { text: tag, start: at, end: at + tag.length };
}

/** `name:tag`, anywhere in a comment. */
function referencesIn(comment: string): { readonly name: string; readonly tag: Word }[] {
  return Array.from(comment.matchAll(REFERENCE)).flatMap(({ index, 0: whole, 1: name = '', 2: written = '' }) => {
    if (whole.length > LONGEST_REFERENCE) return [];
    const text = withoutPunctuation(written);
    const start = index + whole.length - written.length;
    return [{ name, tag: { text, start, end: start + text.length } }];
  });
}

/** A word without the punctuation around it. */
export function withoutPunctuation(word: string): string {
  let end = word.length;
  while (end > 0 && /[.-]/.test(word[end - 1] ?? '')) end--;
  return word.slice(0, end);
}

/** The text of a comment without its marks and without white space around it. */
function insideOf(comment: string): Word {
  const mark = comment[0] === '#' ? '#' : '*';
  let start = 1;
  while (comment[start] === mark) start++;
  const end = comment.endsWith('*/') ? Math.max(start, comment.length - 2) : comment.length;
  return trimmed(comment, start, end);
}

function trimmed(text: string, start: number, end: number): Word {
  const inside = text.slice(start, end);
  const word = inside.trim();
  const from = start + inside.length - inside.trimStart().length;
  return { text: word, start: from, end: from + word.length };
}
