/** A change of some lines with those around them, as `structuredPatch` of the package diff has it. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly string[];
}

/** Lines from `start` (counting from 0): `removed` of them are removed, and `added` take their place, which begin at `newStart`. */
interface Run {
  readonly start: number;
  readonly newStart: number;
  readonly removed: number;
  readonly added: number;
}

/**
 * The hunks between two texts in linear time, exact but not always the shortest: texts with the same number of lines are compared line by line; in other
 * texts everything between their common beginning and their common end is changed.
 */
export function lineHunks(before: string, after: string, context: number): Hunk[] {
  const [old, current] = [linesOf(before), linesOf(after)];
  const runs = old.length === current.length ? pairedRuns(old, current) : [middle(old, current)];
  const groups: Run[][] = [];
  for (const run of runs) {
    const last = groups.at(-1)?.at(-1);
    if (last && run.start - (last.start + last.removed) <= 2 * context) groups.at(-1)?.push(run);
    else groups.push([run]);
  }
  return groups.map((group) => hunkOf(group, old, current, context));
}

/** Lines with their line feeds, of which the last may have none. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function pairedRuns(old: readonly string[], current: readonly string[]): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < old.length; at++) {
    const start = at;
    while (at < old.length && old[at] !== current[at]) at++;
    if (at > start) runs.push({ start, newStart: start, removed: at - start, added: at - start });
  }
  return runs;
}

function middle(old: readonly string[], current: readonly string[]): Run {
  const shorter = Math.min(old.length, current.length);
  let start = 0;
  while (start < shorter && old[start] === current[start]) start++;
  let end = 0;
  while (end < shorter - start && old.at(-1 - end) === current.at(-1 - end)) end++;
  return { start, newStart: start, removed: old.length - start - end, added: current.length - start - end };
}

function hunkOf(runs: readonly Run[], old: readonly string[], current: readonly string[], context: number): Hunk {
  const [first, last] = [runs[0], runs.at(-1)];
  if (!first || !last) throw new TypeError('a hunk without changes');
  const from = Math.max(first.start - context, 0);
  const to = Math.min(last.start + last.removed + context, old.length);
  const lines: string[] = [];
  const add = (sign: string, some: readonly string[]) => {
    for (const line of some) {
      lines.push(`${sign}${line.replace(/\n$/, '')}`);
      if (!line.endsWith('\n')) lines.push('\\ No newline at end of file');
    }
  };
  let at = from;
  for (const { start, newStart, removed, added } of runs) {
    add(' ', old.slice(at, start));
    add('-', old.slice(start, start + removed));
    add('+', current.slice(newStart, newStart + added));
    at = start + removed;
  }
  add(' ', old.slice(at, to));
  const growth = runs.reduce((sum, { removed, added }) => sum + added - removed, 0);
  const newFrom = first.newStart - (first.start - from);
  return { oldStart: from + 1, oldLines: to - from, newStart: newFrom + 1, newLines: to - from + growth, lines };
}
