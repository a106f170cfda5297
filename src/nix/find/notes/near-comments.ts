import type { Range } from '../../language/position.js';
import type { Comment, NixFile } from '../../language/syntax.js';

/** Where comments on a pin may stand: the pin itself, the statement that it is part of, and its name's and digest's literals. */
export interface Surroundings {
  readonly file: NixFile;
  readonly pin?: Range | undefined;
  readonly statement?: Range | undefined;
  readonly literals: readonly Range[];
  /** The pin's image, to know its references by; as in `docker.io/library/redis`. */
  readonly repository: string | undefined;
}

/** The comments in, beside and directly above a pin, and beside and above the literals of its name and digest. */
export function nearComments({ file, pin, statement, literals }: Surroundings): Comment[] {
  const near = new Set<Comment>();
  for (const range of [pin, statement, ...literals]) {
    if (!range) continue;
    for (const comment of [...aboveComments(file, range), ...besideComments(file, range)]) near.add(comment);
  }
  if (pin) for (const comment of commentsWithin(file, pin.start, pin.end)) near.add(comment);
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
  let start = offset;
  while (start > 0 && source[start - 1] !== '\n') start--;
  return start;
}

function endOfLine(source: string, offset: number): number {
  const end = source.indexOf('\n', offset);
  return end < 0 ? source.length : end;
}
