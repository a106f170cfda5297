import { printable } from '../../errors.js';

/** The longest version and the longest other text that are shown, in UTF-16 units. */
const LONGEST_VERSION = 64;
const LONGEST = 300;

/**
 * The version in an image's label, cleaned for a commit message: only characters of versions stay, because the maker of the
 * image chooses the label. So a mention, `Closes #1`, `[skip ci]`, a link or a second line in the label has no effect.
 */
export function versionText(label: string): string {
  const shown = label.slice(0, LONGEST_VERSION).replace(/[^A-Za-z0-9._+~:-]/gu, '\ufffd');
  return codeSpan(label.length > LONGEST_VERSION ? `${shown}…` : shown);
}

/** Text as a Markdown code span of one line, also within a table. Markdown treats nothing in it as a mention, a link or HTML. */
export function codeSpan(text: string): string {
  const line = printable(text.replace(/\s+/g, ' '), LONGEST).replace(/`/g, "'").replace(/\|/g, '\u00a6').trim();
  return `\`${line || ' '}\``;
}
