import type { Output } from '../terminal/context.js';

// A longer line is hard to read, even on a wide terminal.
const MAX_WIDTH = 100;
const WIDTH_OF_A_PIPE = 80;
const MIN_WIDTH = 40;

/** The columns that a help text may have on a stream. */
export function helpWidth({ isTTY, columns }: Output): number {
  const width = isTTY && columns ? columns : WIDTH_OF_A_PIPE;
  return Math.max(MIN_WIDTH, Math.min(width, MAX_WIDTH));
}

/** Words in lines of at most `width` characters; a longer word has a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A text in lines that each end. */
export function paragraph(text: string, width: number): string {
  return wrapped(text, width)
    .map((line) => `${line}\n`)
    .join('');
}

/** A term and its description. */
export type Definition = readonly [term: string, text: string];

const INDENT = 2;
/** Between a term and its text. */
const GAP = 2;
/** The share of the width that terms may have. */
const MAX_SHARE = 0.4;

/** The column where the descriptions begin: after the longest term that leaves enough room for them. */
export function columnOf(rows: readonly Definition[], width: number): number {
  const lengths = rows.map(([term]) => INDENT + term.length + GAP).filter((length) => length <= width * MAX_SHARE);
  return Math.max(...lengths, INDENT + GAP);
}

/** Terms with their descriptions, which begin at `column`. The description of a longer term begins on the next line. */
export function definitions(rows: readonly Definition[], width: number, column = columnOf(rows, width)): string {
  return rows.map(([term, text]) => definition(term, text, width, column)).join('');
}

function definition(term: string, text: string, width: number, column: number): string {
  const lines = wrapped(text, width - column).map((line) => `${' '.repeat(column)}${line}`);
  const start = `${' '.repeat(INDENT)}${term}`;
  const isBeside = start.length + GAP <= column;
  const [first = '', ...others] = lines;
  const shown = isBeside ? [`${start}${first.slice(start.length)}`, ...others] : [start, ...lines];
  return shown.map((line) => `${line.trimEnd()}\n`).join('');
}
