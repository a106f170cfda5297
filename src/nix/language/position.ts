import { PullpinError } from '../../errors.js';

/** A stretch of a source text: UTF-16 indices as in `source.slice(start, end)`, `end` exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where an editor shows an offset: both count from 1, the column in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The line and column of an offset. LF, CRLF and a lone CR end a line. */
export function positionAt(source: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  for (let i = 0; i < offset; i++) {
    const code = source.charCodeAt(i);
    const endsLine = code === 0x0a || (code === 0x0d && source.charCodeAt(i + 1) !== 0x0a);
    if (!endsLine) continue;
    line++;
    lineStart = i + 1;
  }
  return { line, column: offset - lineStart + 1 };
}

/** Some text is not Nix: where it stops being so, and what was expected there. Nothing can be edited in such a file. */
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
