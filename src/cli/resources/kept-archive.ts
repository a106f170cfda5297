import { resolve } from 'node:path';
import { openNixStore } from '../../nix-store/nix-store.js';
import type { KeptArchive } from '../../pin/keep-archive.js';
import type { StoreSettings } from '../options/store.js';
import type { Context } from '../terminal/context.js';

/** Where the archives of a run are kept; undefined when they are not kept. Throws a NixStoreError before any download when Nix is missing. */
export async function keptArchive(
  { isWanted, copyTo }: StoreSettings,
  file: string | undefined,
  context: Context,
): Promise<KeptArchive | undefined> {
  if (!isWanted && file === undefined) return undefined;
  const store = isWanted ? await openNixStore(context) : undefined;
  return { store, copyTo, file: file === undefined ? undefined : resolve(context.folder, file) };
}
