import truncatedWidth from 'fast-string-truncated-width';
import { printable } from '../../errors.js';
import type { Output } from './context.js';

/** Between two columns. */
const GAP = '  ';
/** The smallest width of a column. */
const MIN_COLUMN = 8;

/**
 * Rows in aligned columns, two spaces apart. No line ends with a space, and no character can control the terminal. When a width is
 * given, the widest columns are cut until every line fits.
 *
 * @param whole how many columns at the beginning are cut last, such as a place that may be copied
 */
export function formatTable(rows: readonly (readonly string[])[], width = Number.POSITIVE_INFINITY, whole = 0): string {
  const shown = rows.map((row) => row.map((cell) => printable(cell)));
  const widest = shown.reduce<number[]>((all, row) => row.map((cell, at) => Math.max(columns(cell), all[at] ?? 0)), []);
  const widths = narrowed(widest, width, whole);
  const lines = shown.map((row) =>
    row
      .map((cell, at) => padded(cut(cell, widths[at] ?? 0), widths[at] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
  return lines.map((line) => `${line}\n`).join('');
}

/** The width for a table on a stream: the width of the terminal; undefined for a pipe, which takes any width. */
export function tableWidth({ isTTY, columns: width }: Output): number {
  return isTTY && width ? width : Number.POSITIVE_INFINITY;
}

/** How many columns of a terminal a text takes: a Japanese letter takes two. */
export function columns(text: string): number {
  return isPlain(text) ? text.length : truncatedWidth(text).width;
}

/** A text cut to at most `width` columns of a terminal, with an ellipsis at the cut. */
export function cut(text: string, width: number): string {
  if (isPlain(text) && text.length <= width) return text;
  const { truncated, index } = truncatedWidth(text, { limit: width, ellipsis: '…' });
  return truncated ? `${text.slice(0, index)}…` : text;
}

/** Whether each character takes one column, as in nearly all cells: the package that knows the others takes its time. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

function narrowed(widest: readonly number[], width: number, whole: number): readonly number[] {
  const widths = [...widest];
  for (;;) {
    const excess = widths.reduce((sum, each) => sum + each, GAP.length * (widths.length - 1)) - width;
    const from = widths.slice(whole).some((each) => each > MIN_COLUMN) ? whole : 0;
    const largest = Math.max(...widths.slice(from));
    if (excess <= 0 || largest <= MIN_COLUMN) return widths;
    widths[widths.indexOf(largest, from)] = largest - 1;
  }
}

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - columns(cell)));
}
