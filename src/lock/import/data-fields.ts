import type { DataMap, DataNode } from '../../text/tree/data-file.js';
import { ownValue } from '../../text/tree/visits.js';
import { ImportError } from './imported-images.js';

/** Reads the keys of a map, also those that it takes over by `<<`, and what stands elsewhere by an alias. */
export class DataFields {
  constructor(readonly map: DataMap) {}

  /** The value of a key; undefined for none, and for null. */
  value(key: string): DataNode | undefined {
    const node = withoutAlias(valueIn(this.map, key, new Set()));
    return node?.kind === 'other' && node.text === 'null' ? undefined : node;
  }

  has(key: string): boolean {
    return this.value(key) !== undefined;
  }

  /** Whether the key is there, with null or any other value. */
  hasKey(key: string): boolean {
    return valueIn(this.map, key, new Set()) !== undefined;
  }

  /** Throws an ImportError when it is no text, or YAML reads another text than the one that is written. */
  text(key: string): string | undefined {
    const node = this.value(key);
    if (node === undefined) return undefined;
    if (node.kind !== 'text') throw new ImportError(`${key} is not a text`);
    if (node.isUncertain) throw new ImportError(node.hindrance);
    return node.text;
  }

  /** Throws an ImportError when there is no text. */
  required(key: string): string {
    const text = this.text(key);
    if (text === undefined || text === '') throw new ImportError(`${key} is missing`);
    return text;
  }

  isTrue(key: string): boolean {
    const node = this.value(key);
    return node?.kind === 'other' && node.text === 'true';
  }

  isFalse(key: string): boolean {
    const node = this.value(key);
    return node?.kind === 'other' && node.text === 'false';
  }

  /** The map of a key, without any keys where there is none. */
  inner(key: string): DataFields {
    return dataFieldsOf(this.value(key)) ?? new DataFields(NO_KEYS);
  }
}

const NO_KEYS: DataMap = { kind: 'map', start: 0, end: 0, entries: [], inherited: [] };

/** The keys of a value; undefined when it is no map. */
export function dataFieldsOf(node: DataNode | undefined): DataFields | undefined {
  const map = withoutAlias(node);
  return map?.kind === 'map' ? new DataFields(map) : undefined;
}

export function isText(node: DataNode | undefined, text: string): boolean {
  return node?.kind === 'text' && node.text === text;
}

/** A value, also one that stands elsewhere by an alias. */
export function withoutAlias(node: DataNode | undefined): DataNode | undefined {
  return node?.kind === 'alias' ? node.target : node;
}

/** @param seen the maps that were looked into already: maps may take over from each other in many ways */
function valueIn(map: DataMap, key: string, seen: Set<DataMap>): DataNode | undefined {
  if (seen.has(map)) return undefined;
  seen.add(map);
  const own = ownValue(map, key);
  if (own) return own;
  for (const each of map.inherited) {
    const found = valueIn(each, key, seen);
    if (found) return found;
  }
  return undefined;
}
