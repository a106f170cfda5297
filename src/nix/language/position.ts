import { PullpinError } from '../../errors.js';

/** A part of a source text: UTF-16 indices as in `source.slice(start, end)`, `end` exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** An offset as editors show it: line and column count from 1, the column in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The lines of a source: finds the positions of many offsets quickly. LF, CRLF and a single CR end a line. */
export class Lines {
  private readonly starts = [0];

  private readonly length: number;

  constructor(source: string) {
    this.length = source.length;
    for (const { index, 0: end } of source.matchAll(/\r\n?|\n/g)) this.starts.push(index + end.length);
  }

  at(offset: number): Position {
    const line = this.indexAt(offset);
    return { line: line + 1, column: offset - (this.starts[line] ?? 0) + 1 };
  }

  /** The range of the line that contains an offset, with the characters that end the line. */
  rangeAt(offset: number): Range {
    const line = this.indexAt(offset);
    return { start: this.starts[line] ?? 0, end: this.starts[line + 1] ?? this.length };
  }

  private indexAt(offset: number): number {
    let [low, high] = [0, this.starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low;
  }
}

/** The line and column of one offset. */
function positionAt(source: string, offset: number): Position {
  return new Lines(source).at(offset);
}

/** A text is not valid Nix. The error has the position and the reason. pullpin edits nothing in such a file. */
export class NixSyntaxError extends PullpinError {
  readonly line: number;
  readonly column: number;

  constructor(
    readonly file: string,
    source: string,
    readonly offset: number,
    readonly problem: string,
  ) {
    const { line, column } = positionAt(source, offset);
    super(`${file}:${line}:${column}: ${problem}`);
    this.line = line;
    this.column = column;
  }
}
