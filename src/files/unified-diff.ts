import { isAbsolute, sep } from 'node:path';
import { structuredPatch } from 'diff';
import { lineHunks } from './line-hunks.js';

const CONTEXT = 3;
/** With more changed lines than this, a diff in linear time replaces the shortest one, whose cost grows with the square of their number. */
const MAX_CHANGED = 1000;

/**
 * The change of one file as `git diff` shows it, for `git apply` and `patch -p1`: exact, with the line ends and the control characters of
 * the texts. Empty when they are the same. Ends with a line feed.
 */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return '';
  const options = { context: CONTEXT, maxEditLength: MAX_CHANGED };
  const shortest = structuredPatch(path, path, before, after, undefined, undefined, options);
  const hunks = shortest?.hunks ?? lineHunks(before, after, CONTEXT);
  const name = (isAbsolute(path) ? path.slice(1) : path).split(sep).join('/');
  const [from, to] = [quoted(`a/${name}`), quoted(`b/${name}`)];
  // A tab ends a name with spaces, for patch(1).
  const end = name.includes(' ') && !from.startsWith('"') ? '\t' : '';
  const lines = [`diff --git ${from} ${to}`, `--- ${from}${end}`, `+++ ${to}${end}`];
  for (const { oldStart, oldLines, newStart, newLines, lines: changed } of hunks) {
    lines.push(`@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`);
    for (const line of changed) lines.push(line);
  }
  return `${lines.join('\n')}\n`;
}

/** POSIX diff -U: one line is the default, and an empty range is named by the line before it. */
function range(start: number, count: number): string {
  if (count === 1) return String(start);
  return `${count === 0 ? start - 1 : start},${count}`;
}

/** A name as git quotes it (core.quotePath off): like a string in C, when it has characters that would end it. */
function quoted(name: string): string {
  if (!/["\\\p{Cc}]/u.test(name)) return name;
  const escaped = name
    .replace(/["\\]/g, '\\$&')
    .replace(/\p{Cc}/gu, (character) =>
      Array.from(Buffer.from(character), (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
    );
  return `"${escaped}"`;
}
