import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMissing, isSystemError } from '../../machine/file-errors.js';
import { readRegularFile, UnfitFileError } from '../../machine/regular-file.js';
import { MAX_ENTRY } from '../entries/entry.js';
import { type EntryName, type EntryStore, EntryStoreError, pathOfEntry } from './entry-store.js';

/**
 * A folder that several machines see, such as a network disk. The folder itself is never made: where it is missing, its disk is not mounted. A server
 * of plain files may serve it to others.
 */
export function openFolderStore(folder: string): EntryStore {
  const pathOf = (name: EntryName): string => join(folder, pathOfEntry(name));
  return {
    async get(name) {
      try {
        return (await readRegularFile(pathOf(name), { limit: MAX_ENTRY, refuseLink: true })).bytes;
      } catch (error) {
        if (error instanceof UnfitFileError) return Buffer.alloc(0);
        if (isMissing(error) && (await isFolder(folder))) return undefined;
        throw problem(error);
      }
    },
    async put(name, bytes) {
      const path = pathOf(name);
      const temporary = join(dirname(path), `.${randomUUID()}`);
      try {
        if (!(await isFolder(folder))) throw new EntryStoreError('there is no such folder');
        await mkdir(dirname(path), { recursive: true });
        await writeFile(temporary, bytes, { flag: 'wx' });
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined);
        throw problem(error);
      }
    },
    close: async () => {},
  };
}

async function isFolder(folder: string): Promise<boolean> {
  return stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function problem(cause: unknown): unknown {
  if (isMissing(cause)) return new EntryStoreError('there is no such folder', { cause });
  return isSystemError(cause) ? new EntryStoreError(`the folder cannot be used (${cause.code})`, { cause }) : cause;
}
