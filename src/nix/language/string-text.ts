import type { Range } from './position.js';
import type { InterpolationPart, StringLiteral, StringPart } from './syntax.js';

/**
 * A part of a string's value, with the range of the source that it comes from. `verbatim` is true when the value and the source are the same
 * characters.
 */
export interface TextRun extends Range {
  readonly kind: 'text';
  readonly text: string;
  readonly verbatim: boolean;
}

/** A string's value in pieces: escapes are resolved, an indented string's indentation is stripped. */
export type StringRun = TextRun | InterpolationPart;

/** The value of a string literal, computed as Nix's unescapeStr and stripIndentation do. Interpolations stay as they are. */
export function stringRuns(source: string, literal: StringLiteral): StringRun[] {
  if (literal.quote !== "''") {
    return literal.parts.map((part) => (part.kind === 'text' ? plainRun(source, part, literal.quote === '"') : part));
  }
  const cut = (part: StringPart): IndentedRun[] => (part.kind === 'text' ? indentedPieces(source, part) : [part]);
  return joinRuns(stripIndentation(literal.parts.flatMap(cut)));
}

/** The value of a literal without interpolations; undefined for a literal that has some. */
export function constantText(source: string, literal: StringLiteral): string | undefined {
  let text = '';
  for (const run of stringRuns(source, literal)) {
    if (run.kind !== 'text') return undefined;
    text += run.text;
  }
  return text;
}

function plainRun(source: string, { start, end }: Range, hasEscapes: boolean): TextRun {
  const raw = source.slice(start, end);
  const text = hasEscapes && /[\\\r]/.test(raw) ? resolveEscapes(raw) : raw;
  return { kind: 'text', start, end, text, verbatim: text === raw };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function resolveEscapes(raw: string): string {
  return raw.replace(/\\(.)|\r\n?/gs, (_, escaped: string | undefined) =>
    escaped === undefined ? '\n' : (ESCAPES[escaped] ?? escaped),
  );
}

/** A piece of text as Nix's lexer splits it. Only pieces that are not escapes (`indents`) count for the indentation of the string. */
interface IndentedPiece extends TextRun {
  readonly indents: boolean;
}

const INDENTED_PIECE = /(''\$|'''|''\\.|\$(?=')|\$$|'(?=[$'])|'$)|(?:[^$']|\$[^{']|'[^'$])+/gs;

function indentedPieces(source: string, part: Range): IndentedPiece[] {
  const pieces: IndentedPiece[] = [];
  let start = part.start;
  for (const [piece, escaped] of source.slice(part.start, part.end).matchAll(INDENTED_PIECE)) {
    const end = start + piece.length;
    const text = indentedText(piece);
    pieces.push({ kind: 'text', start, end, text, verbatim: text === piece, indents: escaped === undefined });
    start = end;
  }
  return pieces;
}

function indentedText(piece: string): string {
  if (piece === "''$") return '$';
  if (piece === "'''") return "''";
  return piece.startsWith("''\\") ? resolveEscapes(piece.slice(2)) : piece;
}

type IndentedRun = IndentedPiece | InterpolationPart;

function smallestIndent(runs: readonly IndentedRun[]): number {
  let smallest = Number.POSITIVE_INFINITY;
  let current = 0;
  let atLineStart = true;
  const endIndent = () => {
    if (atLineStart) smallest = Math.min(smallest, current);
    atLineStart = false;
  };
  for (const run of runs) {
    if (run.kind !== 'text' || !run.indents) {
      endIndent();
      continue;
    }
    for (const character of run.text) {
      if (character === '\n') {
        atLineStart = true;
        current = 0;
      } else if (character !== ' ') endIndent();
      else if (atLineStart) current++;
    }
  }
  return smallest;
}

function stripIndentation(runs: readonly IndentedRun[]): StringRun[] {
  const indent = smallestIndent(runs);
  let atLineStart = true;
  let dropped = 0;
  const keeps = (character: string) => {
    if (atLineStart && character === ' ') return dropped++ >= indent;
    atLineStart = character === '\n';
    dropped = 0;
    return true;
  };
  return runs.map((run, index): StringRun => {
    if (run.kind !== 'text') {
      atLineStart = false;
      dropped = 0;
      return run;
    }
    const { kind, start, end } = run;
    const stripped = Array.from(run.text).filter(keeps).join('');
    const text = index === runs.length - 1 ? stripped.replace(/\n *$/, '\n') : stripped;
    return { kind, start, end, text, verbatim: run.verbatim && text === run.text };
  });
}

/** Joins neighbouring runs whose values are the same characters as in the source. */
function joinRuns(runs: readonly StringRun[]): StringRun[] {
  const joined: StringRun[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last?.kind === 'text' && run.kind === 'text' && last.verbatim && run.verbatim && last.end === run.start) {
      joined[joined.length - 1] = { ...last, end: run.end, text: last.text + run.text };
    } else joined.push(run);
  }
  return joined;
}
