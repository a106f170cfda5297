import { Lines, type Range } from '../../language/position.js';
import type { Comment } from '../../language/syntax.js';
import { countBefore } from '../../values/ordered.js';
import type { CommentedFile } from './commented-file.js';

/**
 * Where comments on a pin may stand in one file: inside the pin and the sets that it is made of (`whole`), beside and above the places
 * that its values came through (`places`), and beside and above the literals of its name and digest.
 */
export interface Surroundings {
  readonly file: CommentedFile;
  readonly whole: readonly Range[];
  readonly places: readonly Range[];
  readonly literals: readonly Range[];
  /** The full repository of the pin's image, such as `docker.io/library/redis`, to find comments that name it. */
  readonly repository: string | undefined;
}

// A comment that is further away on the same line is not beside the range.
const MOST_BETWEEN = 1000;

/** The comments in, beside and directly above a pin and the places that its values came through. */
export function nearComments({ file, whole, places, literals }: Surroundings): Comment[] {
  const near = new Set<Comment>();
  const add = (comments: readonly Comment[]): void => {
    for (const comment of comments) near.add(comment);
  };
  for (const range of [...whole, ...places, ...literals]) {
    add(CommentLines.of(file).above(range));
    add(commentsBefore(file, range));
    add(besideComments(file, range));
  }
  for (const { start, end } of whole) add(commentsWithin(file, start, end));
  return [...near].sort((a, b) => a.start - b.start);
}

/** Comments on the line where the range ends, when only closing marks stand between the range and the comment. */
export function besideComments(file: CommentedFile, range: Range): Comment[] {
  const lineEnd = CommentLines.of(file).endOfLine(range.end);
  const found: Comment[] = [];
  let from = range.end;
  for (const comment of commentsWithin(file, range.end, lineEnd)) {
    if (comment.start - from > MOST_BETWEEN || !/^[\s"';,)}\]]*$/.test(file.source.slice(from, comment.start))) break;
    found.push(comment);
    from = comment.end;
  }
  return found;
}

/** Comments on the line where a range begins, right before it. */
function commentsBefore({ source, comments }: CommentedFile, { start }: Range): Comment[] {
  const found: Comment[] = [];
  let from = start;
  for (let index = firstAtOrAfter(comments, start) - 1; index >= 0; index--) {
    const comment = comments[index];
    if (!comment || from - comment.end > MOST_BETWEEN || !/^[ \t"'([]*$/.test(source.slice(comment.end, from))) break;
    found.push(comment);
    from = comment.start;
  }
  return found.reverse();
}

/** Finds the comments above lines of a file. It keeps the answer for each line, because many pins may stand on one line. */
class CommentLines {
  private static readonly files = new WeakMap<CommentedFile, CommentLines>();
  private readonly lines: Lines;
  private readonly byLine = new Map<number, readonly Comment[]>();

  private constructor(private readonly file: CommentedFile) {
    this.lines = new Lines(file.source);
  }

  static of(file: CommentedFile): CommentLines {
    const known = CommentLines.files.get(file) ?? new CommentLines(file);
    CommentLines.files.set(file, known);
    return known;
  }

  endOfLine(offset: number): number {
    return this.lines.rangeAt(offset).end;
  }

  /**
   * Comments directly above the line where the range begins. Before such a comment, its line has nothing, opening brackets, or the `-` of a
   * list in YAML.
   */
  above(range: Range): readonly Comment[] {
    const { start } = this.lines.rangeAt(range.start);
    const known = this.byLine.get(start) ?? this.readAbove(start);
    this.byLine.set(start, known);
    return known;
  }

  private readAbove(line: number): Comment[] {
    const { source, comments } = this.file;
    const found: Comment[] = [];
    let lineStart = line;
    for (let index = firstAtOrAfter(comments, lineStart) - 1; index >= 0; index--) {
      const comment = comments[index];
      if (!comment || !/^[ \t]*\r?\n?$/.test(source.slice(comment.end, lineStart))) break;
      const { start } = this.lines.rangeAt(comment.start);
      if (!/^[\s([-]*$/.test(source.slice(start, comment.start))) break;
      found.push(comment);
      lineStart = start;
    }
    return found.reverse();
  }
}

function commentsWithin({ comments }: CommentedFile, start: number, end: number): Comment[] {
  const found: Comment[] = [];
  for (let index = firstAtOrAfter(comments, start); index < comments.length; index++) {
    const comment = comments[index];
    if (!comment || comment.start >= end) break;
    found.push(comment);
  }
  return found;
}

function firstAtOrAfter(comments: readonly Comment[], offset: number): number {
  return countBefore(comments, ({ start }) => start < offset);
}
