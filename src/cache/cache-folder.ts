import { lstatSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { isSystemError } from '../machine/file-errors.js';

/**
 * Makes the folder of the cache if there is none, for its owner only, and returns why it cannot be used, or undefined when it can.
 *
 * @param uid the number of the user; undefined where users have none
 */
export function prepareFolder(folder: string, uid: number | undefined): string | undefined {
  try {
    makeFolder(folder);
    const stat = lstatSync(folder);
    if (!stat.isDirectory()) return 'it is not a folder';
    if (uid !== undefined && stat.uid !== uid) return 'it belongs to another user';
    return (stat.mode & 0o022) === 0 ? undefined : 'other users may write to it';
  } catch (error) {
    if (isSystemError(error)) return `it cannot be made (${error.code})`;
    throw error;
  }
}

/** mkdir's own `recursive` is not used, because it never ends below /proc: there it finds that no folder is missing, and makes none. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === 'EEXIST') return;
    if (error.code !== 'ENOENT' || dirname(folder) === folder) throw error;
    makeFolder(dirname(folder));
    mkdirSync(folder, { mode: 0o700 });
  }
}
