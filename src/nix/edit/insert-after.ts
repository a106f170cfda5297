import type { Range } from '../language/position.js';
import type { Edit } from './edit.js';

/** The edit that inserts texts after a binding: each on its own line when the binding has its own line, otherwise all on the same line. */
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

/** The edit that removes a binding. When nothing else stands on its lines, the edit removes the whole lines, with a comment at their end. */
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

/** The rest of the line when it is empty or only a comment, which belongs to the text before it; undefined when there is more. */
function restOfLine(source: string, end: number): string | undefined {
  return /^[ \t]*(?:#[^\r\n]*)?(?=\r?\n|$)/.exec(source.slice(end))?.[0];
}
