import { type CST, Parser } from 'yaml';
import { NixSyntaxError } from '../../nix/language/position.js';
import type { Comment } from '../../nix/language/syntax.js';

// The parser calls itself for each level, so deep nesting would overflow the stack. No real file of pins is so deep.
const DEEPEST = 200;

/** The tokens of a YAML file, with its comments in the order of the file. */
export interface YamlTokens {
  readonly tokens: readonly CST.Token[];
  readonly comments: readonly Comment[];
}

/** Splits a YAML file into its tokens. Throws a NixSyntaxError at the first one that is none, and where they are nested too deep. */
export function readTokens(source: string, path: string): YamlTokens {
  const tokens: CST.Token[] = [];
  const comments: Comment[] = [];
  // The parser gives one document after the other, so that nothing is read behind an error.
  for (const token of new Parser().parse(source)) {
    tokens.push(token);
    const waiting: Level[] = [{ token, depth: 0 }];
    for (let level = waiting.pop(); level; level = waiting.pop()) {
      const { token: each, depth } = level;
      if (each.type === 'error')
        throw new NixSyntaxError(path, source, each.offset, `not YAML: ${wordsOf(each.message)}`);
      if (depth > DEEPEST) throw new NixSyntaxError(path, source, each.offset, 'YAML nested too deep');
      if (each.type === 'comment') comments.push({ start: each.offset, end: each.offset + each.source.length });
      for (const inner of inside(each)) waiting.push({ token: inner, depth: depth + (isCollection(each) ? 1 : 0) });
    }
  }
  return { tokens, comments: comments.toSorted((one, other) => one.start - other.start) };
}

interface Level {
  readonly token: CST.Token;
  readonly depth: number;
}

/** The first line of a message of the parser. */
export function wordsOf(message: string): string {
  const [line = ''] = message.split('\n');
  return line.slice(0, 100).replace(/[.:]? ?$/, '');
}

function isCollection({ type }: CST.Token): boolean {
  return type === 'block-map' || type === 'block-seq' || type === 'flow-collection';
}

function inside(token: CST.Token): readonly CST.Token[] {
  switch (token.type) {
    case 'document':
      return [...token.start, ...(token.value ? [token.value] : []), ...(token.end ?? [])];
    case 'block-scalar':
      return token.props;
    case 'block-map':
    case 'block-seq':
      return token.items.flatMap(partsOf);
    case 'flow-collection':
      return [...token.items.flatMap(partsOf), ...token.end];
    case 'alias':
    case 'scalar':
    case 'single-quoted-scalar':
    case 'double-quoted-scalar':
    case 'doc-end':
      return token.end ?? [];
    default:
      return [];
  }
}

function partsOf({ start, key, sep, value }: CST.CollectionItem): CST.Token[] {
  return [...start, ...(key ? [key] : []), ...(sep ?? []), ...(value ? [value] : [])];
}
