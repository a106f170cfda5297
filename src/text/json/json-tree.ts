import { type JsonNode, parseJsonTree } from '../../nix/values/json.js';
import type { DataEntry, DataFile, DataNode } from '../tree/data-file.js';

/** Parses JSON as Nix reads it. Throws a NixSyntaxError. */
export function parseJsonData(source: string, path: string): DataFile {
  const root = new JsonTree(source, path).node(parseJsonTree(source, path));
  return { path, source, root, documents: [{ root, start: 0 }], comments: [] };
}

/** Turns the nodes of the parser, which limits their depth, into values. */
class JsonTree {
  constructor(
    private readonly source: string,
    private readonly path: string,
  ) {}

  node({ type, offset: start, length, value, children = [] }: JsonNode): DataNode {
    const end = start + length;
    switch (type) {
      case 'string': {
        const text = String(value);
        const verbatim = this.source.slice(start + 1, end - 1) === text;
        const origin = { file: this.path, start: start + 1, end: end - 1, quote: 'json', verbatim } as const;
        return { kind: 'text', start, end, text, origin };
      }
      case 'object':
        return { kind: 'map', start, end, inherited: [], entries: children.flatMap((each) => this.entry(each)) };
      case 'array':
        return { kind: 'list', start, end, items: children.map((child) => this.node(child)) };
      default:
        return { kind: 'other', start, end, text: String(value) };
    }
  }

  private entry({ offset, length, children: [key, value] = [] }: JsonNode): DataEntry[] {
    if (!key || !value) return [];
    return [{ key: String(key.value), place: { start: offset, end: offset + length }, value: this.node(value) }];
  }
}
