import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { NixSyntaxError, type Range } from '../../nix/language/position.js';
import type { DataEntry, DataFile, DataMap, DataNode } from '../tree/data-file.js';

/** In characters; the parser reads about half a million of them in a second. */
const LONGEST = 2 * 1024 * 1024;
/** The parser calls itself for each level of a value. No real file of pins is so deep. */
const DEEPEST = 100;
/** Matches a long key with dots, and the header of a table. */
const DOTTED = /^[ \t]*\[{0,2}[\w."' \t-]{200,}(?=[=\]])/gm;

/** Parses TOML as Nix reads it. A string keeps its place; one with escapes or over several lines says why it must not be changed. Throws a NixSyntaxError. */
export function parseToml(source: string, path: string): DataFile {
  const body = source.startsWith('\ufeff') ? source.slice(1) : source;
  const shift = source.length - body.length;
  checkSize(source, path);
  const program = parsed(body, (offset, problem) => new NixSyntaxError(path, source, offset + shift, problem));
  const [table] = program.body;
  const root = new TomlTree(source, path, shift).root(table);
  const comments = program.comments.map(({ range: [start, end] }) => ({ start: start + shift, end: end + shift }));
  return { path, source, root, documents: [{ root, start: root.start }], comments };
}

function checkSize(source: string, path: string): void {
  if (source.length > LONGEST) throw new NixSyntaxError(path, source, 0, 'TOML of more than 2 MiB is not read');
  let depth = 0;
  for (const { index, 0: mark } of source.matchAll(/[[{\]}\n]/g)) {
    // A table's header or a string with brackets may end on the line; a value that is really deep does not close what it opens.
    if (mark === '[' || mark === '{') depth++;
    else if (mark !== '\n') depth = Math.max(0, depth - 1);
    if (depth > DEEPEST) throw new NixSyntaxError(path, source, index, 'TOML nested too deep');
  }
  for (const { index, 0: key } of source.matchAll(DOTTED))
    if (key.split('.').length > DEEPEST) throw new NixSyntaxError(path, source, index, 'TOML nested too deep');
}

function parsed(body: string, failure: (offset: number, problem: string) => NixSyntaxError): AST.TOMLProgram {
  try {
    return parseTOML(body);
  } catch (error) {
    if (error instanceof ParseError) throw failure(error.index, `not TOML: ${error.message}`);
    // The parser hands the characters of a string to one call, which can take only so many.
    if (error instanceof RangeError) throw failure(0, 'a string in this TOML is too long to be read');
    throw error;
  }
}

interface Growing {
  readonly kind: 'map' | 'list';
  start: number;
  end: number;
}
interface GrowingMap extends Growing {
  readonly kind: 'map';
  readonly entries: DataEntry[];
  readonly byKey: Map<string, DataNode>;
  readonly inherited: readonly DataMap[];
}
interface GrowingList extends Growing {
  readonly kind: 'list';
  readonly items: DataNode[];
}

/** Puts the tables of a file, which may stand apart, together. */
class TomlTree {
  constructor(
    private readonly source: string,
    private readonly path: string,
    private readonly shift: number,
  ) {}

  root({ body }: AST.TOMLTopLevelTable): DataMap {
    const root = mapAt({ start: 0, end: this.source.length });
    for (const part of body) {
      if (part.type === 'TOMLKeyValue') this.keyValue(root, part);
      else this.table(root, part);
    }
    const [first] = body;
    return { ...root, start: first ? this.placeOf(first).start : 0 };
  }

  private table(root: GrowingMap, { resolvedKey, body, ...node }: AST.TOMLTable): void {
    const place = this.placeOf(node);
    const table = inside(root, resolvedKey, place);
    for (const part of body) this.keyValue(table, part);
  }

  private keyValue(table: GrowingMap, { key, value, ...node }: AST.TOMLKeyValue): void {
    const names = key.keys.map((name) => (name.type === 'TOMLBare' ? name.name : name.value));
    const place = this.placeOf(node);
    const last = names.pop() ?? '';
    const map = inside(table, names, place, false);
    add(map, last, this.value(value), place);
  }

  private value(node: AST.TOMLContentNode): DataNode {
    const place = this.placeOf(node);
    switch (node.type) {
      case 'TOMLArray':
        return { kind: 'list', ...place, items: node.elements.map((each) => this.value(each)) };
      case 'TOMLInlineTable': {
        const map = mapAt(place);
        for (const each of node.body) this.keyValue(map, each);
        return map;
      }
      default:
        return node.kind === 'string'
          ? this.text(node.value, place)
          : { kind: 'other', ...place, text: String(node.value) };
    }
  }

  private text(text: string, place: Range): DataNode {
    const [start, end] = [place.start + 1, place.end - 1];
    const verbatim = this.source.slice(start, end) === text;
    const origin = { file: this.path, start, end, quote: 'toml', verbatim } as const;
    const hindrance = verbatim
      ? undefined
      : 'it is written with escapes or over several lines: write it as it is, on one line';
    return { kind: 'text', ...place, text, origin, hindrance };
  }

  private placeOf({ range: [start, end] }: { readonly range: readonly [number, number] }): Range {
    return { start: start + this.shift, end: end + this.shift };
  }
}

function mapAt({ start, end }: Range): GrowingMap {
  return { kind: 'map', start, end, entries: [], byKey: new Map(), inherited: [] };
}

function add(map: GrowingMap, key: string, value: DataNode, place: Range | undefined): void {
  map.entries.push({ key, value, place });
  map.byKey.set(key, value);
}

/**
 * The table with these keys, made where it is not there yet. What only the keys of others imply has no place of its own, so that a comment
 * above one table is not taken for one above all of them.
 */
function inside(root: GrowingMap, keys: readonly (string | number)[], place: Range, isHeader = true): GrowingMap {
  let at: GrowingMap | GrowingList = root;
  keys.forEach((key, index) => {
    const isLast = index === keys.length - 1;
    const known: DataNode | undefined = at.kind === 'map' ? at.byKey.get(String(key)) : at.items[Number(key)];
    const isList = typeof keys[index + 1] === 'number';
    const next: GrowingMap | GrowingList = isGrowing(known) ? known : isList ? listAt(place) : mapAt(place);
    next.end = Math.max(next.end, place.end);
    if (next !== known) {
      if (at.kind === 'map') add(at, String(key), next, isLast && isHeader ? place : undefined);
      else at.items[Number(key)] = next;
    }
    at = next;
  });
  return at.kind === 'map' ? at : mapAt(place);
}

function listAt({ start, end }: Range): GrowingList {
  return { kind: 'list', start, end, items: [] };
}

function isGrowing(node: DataNode | undefined): node is GrowingMap | GrowingList {
  return node?.kind === 'list' || (node?.kind === 'map' && 'byKey' in node);
}
