import type { Range } from '../language/position.js';
import type { Edit } from './edit.js';

/** The edit that puts texts behind a binding: each on a line of its own, as the binding stands, or else all on the same line. */
export function insertAfter(source: string, { start, end }: Range, texts: readonly string[]): Edit {
  const lineStart = source.lastIndexOf('\n', start - 1) + 1;
  const indentation = source.slice(lineStart, start);
  const rest = restOfLine(source, end);
  const isOwnLine = /^[ \t]*$/.test(indentation) && rest !== undefined;
  if (!isOwnLine) return { start: end, end, text: texts.map((text) => ` ${text}`).join('') };
  const at = end + rest.length;
  const newline = source.startsWith('\r\n', at) ? '\r\n' : '\n';
  return { start: at, end: at, text: texts.map((text) => `${newline}${indentation}${text}`).join('') };
}

/** The edit that takes a binding out: with its whole lines where it has them alone, a comment at their end included. */
export function takeOut(source: string, { start, end }: Range): Edit {
  const lineStart = source.lastIndexOf('\n', start - 1) + 1;
  const rest = restOfLine(source, end);
  const isOwnLine = /^[ \t]*$/.test(source.slice(lineStart, start)) && rest !== undefined;
  if (isOwnLine) {
    const newline = /^\r?\n/.exec(source.slice(end + rest.length))?.[0] ?? '';
    return { start: lineStart, end: end + rest.length + newline.length, text: '' };
  }
  const [before = ''] = /[ \t]*$/.exec(source.slice(lineStart, start)) ?? [];
  return { start: start - before.length, end, text: '' };
}

/** What follows on the line, when that is at most a comment, which belongs to what stands before it; undefined when it is more. */
function restOfLine(source: string, end: number): string | undefined {
  return /^[ \t]*(?:#[^\r\n]*)?(?=\r?\n|$)/.exec(source.slice(end))?.[0];
}
