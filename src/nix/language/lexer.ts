// Over 200 lines: the states of a lexer depend on each other, so they are easier to read in one file.
import { printable } from '../../errors.js';
import { NixSyntaxError } from './position.js';
import type { Comment } from './syntax.js';

const KEYWORDS = ['if', 'then', 'else', 'assert', 'with', 'let', 'in', 'rec', 'inherit', 'or'] as const;
// Longest first, as Nix's lexer matches.
const OPERATORS = [
  ...(['...', '==', '!=', '<=', '>=', '&&', '||', '->', '//', '++', '<|', '|>'] as const),
  ...(['(', ')', '[', ']', ';', ':', ',', '@', '=', '.', '?', '!', '<', '>', '+', '-', '*', '/'] as const),
];

/**
 * The kind of a token. The kind of a mark or keyword is its own text. `''` opens and `''-end` closes an indented string, `"` and `"-end` a
 * plain one; `path` is the first piece of a path, more pieces follow as `text` and `${`, and `path-end` (which is empty) ends it.
 */
export type TokenKind =
  | (typeof KEYWORDS)[number]
  | (typeof OPERATORS)[number]
  | ('{' | '}' | '${' | '"' | '"-end' | "''" | "''-end" | 'text')
  | ('identifier' | 'number' | 'path' | 'path-end' | 'search-path' | 'uri' | 'end of file');

/**
 * The tokens of a source in three lists: token `i` is `source.slice(starts[i], ends[i])`, of kind `kinds[i]`. The last one is the end of the
 * file.
 */
export interface TokenList {
  readonly kinds: readonly TokenKind[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly comments: readonly Comment[];
}

/**
 * Splits Nix source into tokens by the rules of Nix's own lexer.l. Throws a NixSyntaxError. Unlike Nix, it skips a byte order mark at the
 * beginning.
 */
export function tokenize(source: string, path: string): TokenList {
  return new Lexer(source, path).run();
}

type Mode = 'code' | 'string' | 'indented' | 'path';

const KEYWORD_KINDS = new Map<string, TokenKind>(KEYWORDS.map((word) => [word, word]));
const OPERATORS_BY_FIRST = byFirstCharacter(OPERATORS);

const SPACE = 1;
const IDENTIFIER_START = 2;
const IDENTIFIER = 4;
const PATH = 8;
const DIGIT = 16;
const URI = 32;
const CLASSES = characterClasses();

const NUMBER = /(?:[1-9][0-9]*\.[0-9]*|0?\.[0-9]+)(?:[Ee][+-]?[0-9]+)?|[0-9]+/y;
const PATH_HEAD = /~?[\w.+-]*(?:\/[\w.+-]+)+\/?|~\/|[\w.+-]*\//y;
const PATH_PIECE = /[\w.+-]*(?:\/[\w.+-]+)+\/?|[\w.+-]*\/|[\w.+-]+/y;
const SEARCH_PATH = /<[\w.+-]+(?:\/[\w.+-]+)*>/y;
const INDENTED_OPENING = /'' *\n|''/y;

const HASH = 0x23;
const SLASH = 0x2f;
const STAR = 0x2a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const DOLLAR = 0x24;
const DOUBLE_QUOTE = 0x22;
const QUOTE = 0x27;
const TILDE = 0x7e;
const LESS = 0x3c;
const DOT = 0x2e;
const UNDERSCORE = 0x5f;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BYTE_ORDER_MARK = 0xfeff;

const LARGEST_INTEGER = 2n ** 63n - 1n;
const SMALLEST_NORMAL_FLOAT = 2 ** -1022;

class Lexer {
  private readonly kinds: TokenKind[] = [];
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private readonly comments: Comment[] = [];
  /** The modes around the current one; the outermost is code. */
  private readonly outer: Mode[] = [];
  private readonly openedAt: number[] = [];
  private mode: Mode = 'code';
  private at = 0;
  // The end of the run of path characters around `at`, so that `a.b.c.…` is not scanned again for each of its names.
  private runEnd = 0;
  private underscoreInRun = -1;

  constructor(
    private readonly source: string,
    private readonly path: string,
  ) {}

  run(): TokenList {
    if (this.source.charCodeAt(0) === BYTE_ORDER_MARK) this.at = 1;
    while (this.at < this.source.length || this.mode === 'path') {
      if (this.mode === 'code') this.code();
      else if (this.mode === 'string') this.plainString();
      else if (this.mode === 'indented') this.indentedString();
      else this.pathPiece();
    }
    if (this.mode === 'string' || this.mode === 'indented') this.neverClosed();
    this.token('end of file', this.at);
    return { kinds: this.kinds, starts: this.starts, ends: this.ends, comments: this.comments };
  }

  private code(): void {
    const code = this.source.charCodeAt(this.at);
    const classes = CLASSES[code] ?? 0;
    if (classes & SPACE) this.at++;
    else if (classes & IDENTIFIER_START) this.word();
    else if (code === HASH) this.lineComment();
    else if (code === SLASH && this.source.charCodeAt(this.at + 1) === STAR) this.blockComment();
    else if (!this.brace(code)) this.mark(code, classes);
  }

  private word(): void {
    this.measureRun();
    if (this.pathHead() || this.uri()) return;
    let end = this.at + 1;
    while ((CLASSES[this.source.charCodeAt(end)] ?? 0) & IDENTIFIER) end++;
    const length = end - this.at;
    const keyword = length < 8 ? KEYWORD_KINDS.get(this.source.slice(this.at, end)) : undefined;
    this.token(keyword ?? 'identifier', end);
  }

  private lineComment(): void {
    const start = this.at;
    let end = start;
    for (; end < this.source.length; end++) {
      const code = this.source.charCodeAt(end);
      if (code === NEWLINE || code === RETURN) break;
    }
    this.comments.push({ start, end });
    this.at = end;
  }

  private blockComment(): void {
    const close = this.source.indexOf('*/', this.at + 2);
    if (close < 0) this.fail(this.at, 'this comment is never closed');
    this.comments.push({ start: this.at, end: close + 2 });
    this.at = close + 2;
  }

  /** Braces and quotes: the marks that change what the characters after them mean. */
  private brace(code: number): boolean {
    const next = this.source.charCodeAt(this.at + 1);
    if (code === OPEN_BRACE) {
      this.enter('code');
      this.token('{', this.at + 1);
    } else if (code === CLOSE_BRACE) {
      this.leave();
      this.token('}', this.at + 1);
    } else if (code === DOLLAR && next === OPEN_BRACE) {
      this.interpolation();
    } else if (code === DOUBLE_QUOTE) {
      this.enter('string');
      this.token('"', this.at + 1);
    } else if (code === QUOTE && next === QUOTE) {
      this.enter('indented');
      this.token("''", this.matchEnd(INDENTED_OPENING));
    } else return false;
    return true;
  }

  private mark(code: number, classes: number): void {
    if (classes & PATH || code === SLASH || code === TILDE) {
      this.measureRun();
      if (this.pathHead() || this.number(code, classes)) return;
    }
    const searchPathEnd = code === LESS ? this.matchEnd(SEARCH_PATH) : -1;
    if (searchPathEnd > 0) this.token('search-path', searchPathEnd);
    else this.operator(code);
  }

  private operator(code: number): void {
    const operator = OPERATORS_BY_FIRST[code]?.find((candidate) => this.source.startsWith(candidate, this.at));
    if (!operator) {
      const character = String.fromCodePoint(this.source.codePointAt(this.at) ?? 0);
      this.fail(this.at, `unexpected character '${printable(character)}'`);
    }
    this.token(operator, this.at + operator.length);
  }

  private number(code: number, classes: number): boolean {
    if (!(classes & DIGIT) && code !== DOT) return false;
    const end = this.matchEnd(NUMBER);
    if (end < 0) return false;
    const text = this.source.slice(this.at, end);
    if (!isRepresentable(text))
      this.fail(this.at, `the number ${printable(text, 40)} is too large or too small for Nix`);
    this.token('number', end);
    return true;
  }

  private measureRun(): void {
    if (this.at < this.runEnd) return;
    let end = this.at;
    this.underscoreInRun = -1;
    for (; (CLASSES[this.source.charCodeAt(end)] ?? 0) & PATH; end++) {
      if (this.source.charCodeAt(end) === UNDERSCORE) this.underscoreInRun = end;
    }
    this.runEnd = end;
  }

  /** A path begins with path characters and a slash; then a path character or an interpolation must follow. */
  private pathHead(): boolean {
    const isHome = this.source.charCodeAt(this.at) === TILDE;
    const slash = isHome ? this.at + 1 : Math.max(this.runEnd, this.at);
    if (this.source.charCodeAt(slash) !== SLASH) return false;
    const isPath = (CLASSES[this.source.charCodeAt(slash + 1)] ?? 0) & PATH;
    if (!isPath && !this.source.startsWith('${', slash + 1)) return false;
    this.enter('path');
    this.token('path', this.matchEnd(PATH_HEAD));
    return true;
  }

  /** A URI's scheme has no underscore, and at least one character follows its colon. */
  private uri(): boolean {
    if (this.source.charCodeAt(this.runEnd) !== COLON || this.underscoreInRun >= this.at) return false;
    let end = this.runEnd + 1;
    while ((CLASSES[this.source.charCodeAt(end)] ?? 0) & URI) end++;
    if (end === this.runEnd + 1) return false;
    this.token('uri', end);
    return true;
  }

  private plainString(): void {
    const end = this.plainTextEnd();
    if (end > this.at) this.token('text', end);
    if (this.source.charCodeAt(end) === DOLLAR) this.interpolation();
    else this.close('"-end', end + 1);
  }

  private plainTextEnd(): number {
    for (let i = this.at; i < this.source.length; i++) {
      const code = this.source.charCodeAt(i);
      if (code === DOUBLE_QUOTE) return i;
      if (code === BACKSLASH) i++;
      else if (code === DOLLAR) {
        const next = this.source.charCodeAt(i + 1);
        if (next === OPEN_BRACE) return i;
        // "$$" means two dollars, so the second one opens no interpolation.
        if (next !== DOUBLE_QUOTE && next !== BACKSLASH) i++;
      }
    }
    return this.neverClosed();
  }

  private indentedString(): void {
    const end = this.indentedTextEnd();
    if (end > this.at) this.token('text', end);
    if (this.source.charCodeAt(end) === DOLLAR) this.interpolation();
    else this.close("''-end", end + 2);
  }

  private indentedTextEnd(): number {
    for (let i = this.at; i < this.source.length; i++) {
      const code = this.source.charCodeAt(i);
      const next = this.source.charCodeAt(i + 1);
      if (code === DOLLAR) {
        if (next === OPEN_BRACE) return i;
        if (next !== QUOTE) i++;
      } else if (code === QUOTE && next === QUOTE) {
        const escapeLength = this.indentedEscapeLength(i);
        if (escapeLength === 0) return i;
        i += escapeLength - 1;
      } else if (code === QUOTE && next !== DOLLAR) i++;
    }
    return this.neverClosed();
  }

  /** The length of the escape that two quotes begin: `''$`, `'''` or `''\` and a character; 0 when they close the string. */
  private indentedEscapeLength(at: number): number {
    const third = this.source.charCodeAt(at + 2);
    if (third === BACKSLASH) return 4;
    return third === DOLLAR || third === QUOTE ? 3 : 0;
  }

  private pathPiece(): void {
    const end = this.matchEnd(PATH_PIECE);
    if (this.source.startsWith('${', this.at)) this.interpolation();
    else if (end > 0) this.token('text', end);
    else this.pathEnd();
  }

  private pathEnd(): void {
    const endsInSlash = this.kinds.at(-1) !== '}' && this.source.charCodeAt(this.at - 1) === SLASH;
    if (endsInSlash) this.fail(this.at - 1, 'a path may not end in a slash');
    this.leave();
    this.token('path-end', this.at);
  }

  private interpolation(): void {
    this.enter('code');
    this.token('${', this.at + 2);
  }

  private close(kind: TokenKind, end: number): void {
    this.leave();
    this.token(kind, end);
  }

  private enter(mode: Mode): void {
    this.outer.push(this.mode);
    this.openedAt.push(this.at);
    this.mode = mode;
  }

  /** A closing brace that nothing opened keeps the lexer in code; the parser reports the error. */
  private leave(): void {
    this.mode = this.outer.pop() ?? 'code';
    this.openedAt.pop();
  }

  private token(kind: TokenKind, end: number): void {
    this.kinds.push(kind);
    this.starts.push(this.at);
    this.ends.push(end);
    this.at = end;
  }

  private matchEnd(pattern: RegExp): number {
    pattern.lastIndex = this.at;
    return pattern.test(this.source) ? pattern.lastIndex : -1;
  }

  private neverClosed(): never {
    this.fail(this.openedAt.at(-1) ?? this.at, 'this string is never closed');
  }

  private fail(offset: number, problem: string): never {
    throw new NixSyntaxError(this.path, this.source, offset, problem);
  }
}

/** Whether Nix can hold the number: integers have 64 bits, and strtod must not overflow or underflow. */
function isRepresentable(text: string): boolean {
  if (!text.includes('.')) return text.length < 19 || BigInt(text) <= LARGEST_INTEGER;
  const value = Number(text);
  const isZero = /^[0.]+(?:e|$)/i.test(text);
  return Number.isFinite(value) && (isZero || value >= SMALLEST_NORMAL_FLOAT);
}

function characterClasses(): readonly number[] {
  const rules: readonly (readonly [number, RegExp])[] = [
    [SPACE, /[ \t\r\n]/],
    [IDENTIFIER_START, /[a-zA-Z_]/],
    [IDENTIFIER, /[a-zA-Z0-9_'-]/],
    [PATH, /[a-zA-Z0-9._+-]/],
    [DIGIT, /[0-9]/],
    [URI, /[a-zA-Z0-9%/?:@&=+$,\-_.!~*']/],
  ];
  return Array.from({ length: 128 }, (_, code) =>
    rules.reduce((classes, [bit, pattern]) => (pattern.test(String.fromCharCode(code)) ? classes | bit : classes), 0),
  );
}

function byFirstCharacter(operators: typeof OPERATORS): readonly (readonly (typeof OPERATORS)[number][])[] {
  return Array.from({ length: 128 }, (_, code) => operators.filter((operator) => operator.charCodeAt(0) === code));
}
