import { createScanner, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { NixSyntaxError } from '../language/position.js';
import { countBefore } from './ordered.js';
import { textValue } from './text.js';
import { cameThrough } from './through.js';
import { Thunk, type Value } from './value.js';

// jsonc-parser calls itself for each level, so deep nesting would overflow the stack. No real file of pins is so deep.
const DEEPEST = 500;

/** A part of a JSON file and its place there, in UTF-16 units. An object has properties as children, and a property its key and its value. */
export interface JsonNode {
  readonly type: 'object' | 'array' | 'property' | 'string' | 'number' | 'boolean' | 'null';
  readonly offset: number;
  readonly length: number;
  readonly value?: unknown;
  readonly children?: readonly JsonNode[] | undefined;
}

/** Parses JSON as Nix's fromJSON reads it: no comments, no trailing commas. Throws a NixSyntaxError. */
export function parseJsonTree(source: string, file: string): JsonNode {
  checkDepth(source, file);
  const errors: ParseError[] = [];
  const root = parseTree(source, errors, { disallowComments: true, allowTrailingComma: false });
  const [error] = errors;
  if (error)
    throw new NixSyntaxError(file, source, error.offset, `not JSON: ${words(printParseErrorCode(error.error))}`);
  if (!root) throw new NixSyntaxError(file, source, 0, 'not JSON: the file is empty');
  return root;
}

/** The keys around an offset, the outermost first. */
export function jsonNamesAt(root: JsonNode, offset: number): string[] {
  const names: string[] = [];
  for (let node: JsonNode | undefined = root; node; ) {
    const { children = [] }: JsonNode = node;
    const next: JsonNode | undefined = children[countBefore(children, (child) => child.offset <= offset) - 1];
    const [key] = next?.type === 'property' ? (next.children ?? []) : [];
    if (key) names.push(String(key.value));
    node = next && offset < next.offset + next.length ? next : undefined;
  }
  return names;
}

/** The value that a part of a JSON file has in Nix. Its strings keep their places in the file. */
export function jsonValue(node: JsonNode, source: string, file: string): Value {
  const { type, children = [], value } = node;
  const where = { file, start: node.offset, end: node.offset + node.length };
  const later = (child: JsonNode) => {
    const compute = () => {
      const inner = jsonValue(child, source, file);
      return type === 'object' && inner.kind === 'text' ? cameThrough(inner, where) : inner;
    };
    const thunk: Thunk = new Thunk(compute, () => {
      throw new TypeError('JSON has no cycles');
    });
    return thunk;
  };
  switch (type) {
    case 'string': {
      const [start, end] = [node.offset + 1, node.offset + node.length - 1];
      const text = String(value);
      const verbatim = source.slice(start, end) === text;
      return textValue([{ text, origin: { file, start, end, quote: 'json', verbatim } }]);
    }
    case 'object': {
      const attributes = new Map<string, Thunk>();
      for (const { children: [key, child] = [] } of children) {
        if (key && child) attributes.set(String(key.value), later(child));
      }
      return { kind: 'set', attributes, literals: [], through: [where] };
    }
    case 'array':
      return { kind: 'list', items: children.map(later) };
    case 'boolean':
      return { kind: 'boolean', value: value === true };
    default:
      return { kind: 'other', text: String(value) };
  }
}

function checkDepth(source: string, file: string): void {
  const scanner = createScanner(source, true);
  for (let depth = 0; scanner.getPosition() < source.length; ) {
    scanner.scan();
    const mark = source[scanner.getTokenOffset()];
    if (mark === '{' || mark === '[') depth++;
    if (mark === '}' || mark === ']') depth--;
    if (depth > DEEPEST) throw new NixSyntaxError(file, source, scanner.getTokenOffset(), 'JSON nested too deep');
  }
}

/** Turns an error code such as `CommaExpected` into words. */
function words(name: string): string {
  return name.replaceAll(/(?!^)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).toLowerCase();
}
