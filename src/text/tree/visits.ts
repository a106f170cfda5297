import type { Range } from '../../nix/language/position.js';
import type { DataDocument, DataFile, DataMap, DataNode } from './data-file.js';

/** A value, and where it stands. */
export interface DataVisit<Node extends DataNode = DataNode> {
  readonly node: Node;
  /** The key that has it; undefined for an item of a list. */
  readonly key: string | undefined;
  /** The key with its value, or the item; undefined where only the keys of others imply it. */
  readonly place: Range | undefined;
  /** What it stands in; undefined for the root of a document. */
  readonly parent: DataVisit | undefined;
  readonly document: DataDocument;
}

/** All values of a file in its order, each in front of those in it. What an alias stands for is visited at its own place. */
export function* visits({ documents }: DataFile): Generator<DataVisit> {
  const waiting = documents.map((document): DataVisit => {
    return { node: document.root, key: undefined, place: undefined, parent: undefined, document };
  });
  waiting.reverse();
  for (let visit = waiting.pop(); visit; visit = waiting.pop()) {
    yield visit;
    const inner = valuesIn(visit, visit.node);
    for (const each of inner.reverse()) waiting.push(each);
  }
}

function valuesIn(parent: DataVisit, node: DataNode): DataVisit[] {
  const { document } = parent;
  if (node.kind === 'list')
    return node.items.map((item) => ({ node: item, key: undefined, place: item, parent, document }));
  if (node.kind !== 'map') return [];
  return node.entries.map(({ key, value, place }) => ({ node: value, key, place, parent, document }));
}

/** The keys around a value, the nearest first; an item of a list has none. */
export function keysAround(visit: DataVisit): (string | undefined)[] {
  const keys: (string | undefined)[] = [];
  for (let at: DataVisit | undefined = visit; at?.parent; at = at.parent) keys.push(at.key);
  return keys;
}

/** The value of a key that a map has itself, the last one where the key is repeated. */
export function ownValue({ entries }: DataMap, key: string): DataNode | undefined {
  return entries.findLast((entry) => entry.key === key)?.value;
}
