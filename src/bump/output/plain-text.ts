import { printable } from '../../errors.js';

/** The longest version and the longest other text that are shown, in UTF-16 units. */
const LONGEST_VERSION = 64;
const LONGEST = 300;

/**
 * The version in an image's label as it may stand in a commit message: nothing but what versions are made of, because the maker of the
 * image chooses the label. A mention, `Closes #1`, `[skip ci]`, a link and a second line are then only text.
 */
export function versionText(label: string): string {
  const shown = label.slice(0, LONGEST_VERSION).replace(/[^A-Za-z0-9._+~:-]/gu, '\ufffd');
  return codeSpan(label.length > LONGEST_VERSION ? `${shown}…` : shown);
}

/** Text as a Markdown code span of one line, also within a table: nothing in it is a mention, a link or HTML. */
export function codeSpan(text: string): string {
  const line = printable(text.replace(/\s+/g, ' '), LONGEST).replace(/`/g, "'").replace(/\|/g, '\u00a6').trim();
  return `\`${line || ' '}\``;
}
