import type { Range } from '../../language/position.js';
import type { Comment, NixFile } from '../../language/syntax.js';

/**
 * Where comments on a pin may stand in one file: inside of the pin and of the sets that it is made of (`whole`), beside and above everything
 * that its values came through (`places`), and beside and above the literals of its name and digest.
 */
export interface Surroundings {
  readonly file: NixFile;
  readonly whole: readonly Range[];
  readonly places: readonly Range[];
  readonly literals: readonly Range[];
  /** The pin's image, to know its references by; as in `docker.io/library/redis`. */
  readonly repository: string | undefined;
}

/** The comments in, beside and directly above a pin and what its values came through. */
export function nearComments({ file, whole, places, literals }: Surroundings): Comment[] {
  const near = new Set<Comment>();
  for (const range of [...whole, ...places, ...literals]) {
    for (const comment of [...aboveComments(file, range), ...besideComments(file, range)]) near.add(comment);
  }
  for (const { start, end } of whole) for (const comment of commentsWithin(file, start, end)) near.add(comment);
  return [...near].sort((a, b) => a.start - b.start);
}

/** Comments that follow on the line where the range ends, with nothing but closing marks between. */
export function besideComments(file: NixFile, range: Range): Comment[] {
  const lineEnd = endOfLine(file.source, range.end);
  const found: Comment[] = [];
  let from = range.end;
  for (const comment of commentsWithin(file, range.end, lineEnd)) {
    if (!/^[\s"';,)}\]]*$/.test(file.source.slice(from, comment.start))) break;
    found.push(comment);
    from = comment.end;
  }
  return found;
}

/** Comments on lines of their own, or behind nothing but opening brackets, directly above the line where the range begins. */
function aboveComments({ source, comments }: NixFile, range: Range): Comment[] {
  const found: Comment[] = [];
  let lineStart = startOfLine(source, range.start);
  for (let index = firstAtOrAfter(comments, lineStart) - 1; index >= 0; index--) {
    const comment = comments[index];
    if (!comment || !/^[ \t]*\r?\n?$/.test(source.slice(comment.end, lineStart))) break;
    const commentLine = startOfLine(source, comment.start);
    if (!/^[\s([]*$/.test(source.slice(commentLine, comment.start))) break;
    found.unshift(comment);
    lineStart = commentLine;
  }
  return found;
}

function commentsWithin({ comments }: NixFile, start: number, end: number): Comment[] {
  const found: Comment[] = [];
  for (let index = firstAtOrAfter(comments, start); index < comments.length; index++) {
    const comment = comments[index];
    if (!comment || comment.start >= end) break;
    found.push(comment);
  }
  return found;
}

function firstAtOrAfter(comments: readonly Comment[], offset: number): number {
  let [low, high] = [0, comments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((comments[middle]?.start ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function startOfLine(source: string, offset: number): number {
  return offset === 0 ? 0 : source.lastIndexOf('\n', offset - 1) + 1;
}

function endOfLine(source: string, offset: number): number {
  const end = source.indexOf('\n', offset);
  return end < 0 ? source.length : end;
}
