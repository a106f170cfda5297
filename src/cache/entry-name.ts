import { createHash, randomUUID } from 'node:crypto';

/**
 * What is kept: manifests and configs by their digests; hashes by what they were made from; the contents of layers; states of hashes after some
 * layers; repositories that were asked before; the digests that images led to; challenges by their registries; what hashes were proven to be made
 * from; when digests were seen.
 */
export type CacheKind =
  | 'content'
  | 'hash'
  | 'layer'
  | 'prefix'
  | 'repository'
  | 'digests'
  | 'challenge'
  | 'recipe'
  | 'seen';

/** The file of an entry, in the folder of the cache. */
export function entryFileName(kind: CacheKind, key: string): string {
  return `${kind}-${createHash('sha256').update(key).digest('hex')}`;
}

/** A new file, which becomes an entry when it is whole. */
export function temporaryName(): string {
  return `.${randomUUID()}`;
}

/** Whether a name is one of these. No other file in the folder is read or removed. */
export function isEntryName(name: string): boolean {
  return ENTRY.test(name);
}

/** The compiler sees to it that no kind is missing: its entries would stay forever. */
const KINDS: Readonly<Record<CacheKind, true>> = {
  content: true,
  hash: true,
  layer: true,
  prefix: true,
  repository: true,
  digests: true,
  challenge: true,
  recipe: true,
  seen: true,
};
const ENTRY = new RegExp(`^(?:\\.[0-9a-f-]{36}|(?:${Object.keys(KINDS).join('|')})-[0-9a-f]{64})$`);
