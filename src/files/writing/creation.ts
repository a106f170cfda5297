import { linkSync, lstatSync, renameSync, unlinkSync } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import { isSystemError } from '../../machine/file-errors.js';
import { readRegularFileSync } from '../../machine/regular-file.js';
import { encodeSource } from '../source-text.js';
import { temporarySibling } from './leftovers.js';
import type { FileChange } from './replacement.js';
import { WriteError } from './write-error.js';

/**
 * Makes one new file: its text is prepared beside it, and gets its name in one step, which fails when another program has made the file meanwhile. All
 * methods throw WriteErrors.
 */
export class Creation {
  readonly hasOtherNames = false;
  private isWritten = false;

  private constructor(
    readonly change: FileChange,
    readonly target: string,
    private readonly next: string,
  ) {}

  /** @param target the real path of its folder, with its name */
  static async prepare(change: FileChange, target: string): Promise<Creation> {
    const next = temporarySibling(target);
    let isMade = false;
    try {
      if (isThere(target)) throw new WriteError(change.path, 'changed');
      const file = await open(next, 'wx', 0o666);
      isMade = true;
      try {
        await file.writeFile(encodeSource(change.after));
        await file.sync();
      } finally {
        await file.close();
      }
      return new Creation(change, target, next);
    } catch (error) {
      if (isMade) await unlink(next).catch(() => {});
      throw WriteError.from(change.path, error);
    }
  }

  commit(): void {
    try {
      if (!isPlaced(this.next, this.target)) throw new WriteError(this.change.path, 'changed');
      this.isWritten = true;
    } catch (error) {
      throw WriteError.from(this.change.path, error);
    }
  }

  /** Removes the file, unless another program has changed it. */
  rollBack(): void {
    if (!this.isWritten) return;
    try {
      const expected = encodeSource(this.change.after);
      const { bytes } = readRegularFileSync(this.target, { limit: expected.length, refuseLink: true });
      if (!expected.equals(bytes)) throw new WriteError(this.change.path, 'changed');
      unlinkSync(this.target);
      this.isWritten = false;
    } catch (cause) {
      throw new WriteError(this.change.path, 'not-restored', { detail: 'remove it by hand', cause });
    }
  }

  async discard(): Promise<void> {
    await unlink(this.next).catch(() => {});
  }
}

/** Whether a file got its name, which no other file has. Where the file system has no second names, the other file is looked for first. */
function isPlaced(next: string, target: string): boolean {
  try {
    linkSync(next, target);
  } catch (error) {
    if (hasCode(error, ['EEXIST'])) return false;
    if (!hasCode(error, ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])) throw error;
    if (isThere(target)) return false;
    renameSync(next, target);
  }
  return true;
}

function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    if (hasCode(error, ['ENOENT'])) return false;
    throw error;
  }
}

function hasCode(error: unknown, codes: readonly string[]): boolean {
  return isSystemError(error) && codes.includes(error.code);
}
