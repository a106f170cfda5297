import type { Range } from '../../language/position.js';

/** A word of a comment, and where it stands in the file. */
export interface Word extends Range {
  readonly text: string;
}

const DIRECTIVE = 'pullpin:';
const VERSION = /^v?\d[\w.+-]*$/;
const TAG = /^(?:image ?)?(?:tag|version) ?[:=]? ?['"`]?(\w[\w.-]*)['"`]?$/i;
// Longer than any comment that is a tag and nothing else, once its white space is one space each.
const LONGEST_TAG_COMMENT = 200;
/** A reference begins where no name goes on, so that a text is not read anew for each character in it. */
const REFERENCE = /(?<![\w.-]|[\w.-]\/)(?:docker:\/\/)?([\w.-]+(?::\d+)?(?:\/[\w.-]+)*):(\w[\w.-]*)/g;
// An image's name and tag have no more characters together.
const LONGEST_REFERENCE = 512;

/** `freeze` of `# pullpin: freeze`: all that stands behind the colon; undefined for any other comment. */
export function directiveWord(comment: string): Word | undefined {
  const { start, end } = insideOf(comment);
  if (!comment.startsWith(DIRECTIVE, start)) return undefined;
  return trimmed(comment, start + DIRECTIVE.length, end);
}

/** The version that a comment is, and nothing else. */
export function versionIn(comment: string): Word | undefined {
  const inside = insideOf(comment);
  return VERSION.test(inside.text) ? inside : undefined;
}

/** The tag that a comment says, and nothing else: `tag: 7.2`. */
export function tagIn(comment: string): Word | undefined {
  const { start, end } = insideOf(comment);
  const text = comment.slice(start, end).replace(/\s+/g, ' ');
  const tag = text.length > LONGEST_TAG_COMMENT ? undefined : TAG.exec(text)?.[1];
  if (tag === undefined) return undefined;
  const at = comment.lastIndexOf(tag, end - tag.length);
  return { text: tag, start: at, end: at + tag.length };
}

/** `name:tag`, anywhere in a comment. */
export function referencesIn(comment: string): { readonly name: string; readonly tag: Word }[] {
  return Array.from(comment.matchAll(REFERENCE)).flatMap(({ index, 0: whole, 1: name = '', 2: written = '' }) => {
    if (whole.length > LONGEST_REFERENCE) return [];
    const text = withoutPunctuation(written);
    const start = index + whole.length - written.length;
    return [{ name, tag: { text, start, end: start + text.length } }];
  });
}

/** A word without the dots and dashes of the text around it. */
export function withoutPunctuation(word: string): string {
  let end = word.length;
  while (end > 0 && /[.-]/.test(word[end - 1] ?? '')) end--;
  return word.slice(0, end);
}

/** What stands between the marks of a comment, without white space around. */
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
