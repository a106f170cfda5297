import type { Range } from '../../language/position.js';
import type { Comment } from '../../language/syntax.js';

/** A file with its comments, in the order of the file. */
export interface CommentedFile {
  readonly path: string;
  readonly source: string;
  readonly comments: readonly Comment[];
  /** What the file has besides the comments above it. */
  readonly root: Range;
}

/** A TOML file with its comments. */
export function tomlFile(path: string, source: string): CommentedFile {
  const comments = tomlComments(source);
  const start = contentStart(source, comments);
  return { path, source, comments, root: { start, end: source.length } };
}

// A string of TOML in any of its four forms, or a comment.
const STRING_OR_COMMENT = /"""|'''|"|'|#/g;

function tomlComments(source: string): Comment[] {
  const found: Comment[] = [];
  const tokens = new RegExp(STRING_OR_COMMENT);
  for (let match = tokens.exec(source); match; match = tokens.exec(source)) {
    const [mark] = match;
    if (mark === '#') {
      const end = endOfLine(source, match.index);
      found.push({ start: match.index, end });
      tokens.lastIndex = end;
    } else tokens.lastIndex = endOfString(source, match.index, mark);
  }
  return found;
}

function endOfString(source: string, start: number, mark: string): number {
  const limit = mark.length === 3 ? source.length : endOfLine(source, start);
  for (let at = start + mark.length; at < limit; at++) {
    if (source[at] === '\\' && mark[0] === '"') at++;
    else if (source.startsWith(mark, at)) return at + mark.length;
  }
  return limit;
}

function endOfLine(source: string, from: number): number {
  const end = source.indexOf('\n', from);
  return end < 0 ? source.length : end;
}

/** Where the first key or table begins. */
function contentStart(source: string, comments: readonly Comment[]): number {
  let at = 0;
  for (const { start, end } of comments) {
    if (source.slice(at, start).trim() !== '') break;
    at = end;
  }
  return at + (/\S/.exec(source.slice(at))?.index ?? 0);
}

/** The header of the table that a place in a TOML file belongs to: `[images.web]`. */
export function tableHeader({ source }: CommentedFile, { start }: Range): Range[] {
  const header = source.startsWith('[') && start === 0 ? 0 : source.lastIndexOf('\n[', start) + 1;
  return source[header] === '[' ? [{ start: header, end: endOfLine(source, header) }] : [];
}
