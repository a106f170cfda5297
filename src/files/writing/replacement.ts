import { constants, renameSync, type Stats } from 'node:fs';
import { type FileHandle, link, open, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isSystemError } from '../../machine/file-errors.js';
import { readRegularFileSync } from '../../machine/regular-file.js';
import { encodeSource } from '../source-text.js';
import { keptSibling, temporarySibling } from './leftovers.js';
import { WriteError } from './write-error.js';

/** A file that is to hold another text. */
export interface FileChange {
  readonly path: string;
  /** What the file holds, to the byte; it is not written when it holds something else. Undefined for a file that must not be there yet. */
  readonly before: string | undefined;
  readonly after: string;
}

/** A change of a file that is there. */
export type TextChange = FileChange & { readonly before: string };

/**
 * Replaces the text of one file: the new text is prepared beside it, put in its place in one step, and taken back if necessary.
 * All methods throw WriteErrors, which use the file's name in the change.
 */
export class Replacement {
  private state: 'prepared' | 'written' | 'stuck' = 'prepared';

  private constructor(
    readonly change: TextChange,
    readonly target: string,
    /** Whether the file has further names (hard links), which will keep the old text. */
    readonly hasOtherNames: boolean,
    private readonly next: string,
    private readonly previous: string | undefined,
  ) {}

  /**
   * Writes the new text into a file of its own beside the target, with its mode and, where the system allows it, its owner.
   * @param target the real path of the file
   * @param isRevocable whether the old text is kept until `discard`, so that it can be put back
   */
  static async prepare(change: TextChange, target: string, isRevocable: boolean): Promise<Replacement> {
    const made: string[] = [];
    try {
      const stats = verify(change, target, change.before);
      await checkWritable(change, target, stats);
      const next = temporarySibling(target);
      await writeNew(next, change.after, stats, made);
      const previous = isRevocable ? temporarySibling(target) : undefined;
      if (previous !== undefined) await keep(target, previous, change.before, stats, made);
      return new Replacement(change, target, stats.nlink > 1, next, previous);
    } catch (error) {
      await Promise.all(made.map(remove));
      throw WriteError.from(change.path, error);
    }
  }

  /** Puts the new text in the file's place. Between the last look at the old one and the move this process does nothing else. */
  commit(): void {
    try {
      verify(this.change, this.target, this.change.before);
      renameSync(this.next, this.target);
      this.state = 'written';
    } catch (error) {
      throw WriteError.from(this.change.path, error);
    }
  }

  /** Puts the file with the old text back, unless another program has changed the new one. Does nothing when nothing was written. */
  rollBack(): void {
    if (this.state !== 'written' || this.previous === undefined) return;
    try {
      verify(this.change, this.target, this.change.after);
      renameSync(this.previous, this.target);
      this.state = 'prepared';
    } catch (cause) {
      this.state = 'stuck';
      const detail = `its old text is in ${this.keepPrevious(this.previous)}`;
      throw new WriteError(this.change.path, 'not-restored', { detail, cause });
    }
  }

  /** Gives the old text a name that no later run removes, and returns it. */
  private keepPrevious(previous: string): string {
    const kept = keptSibling(this.target);
    try {
      renameSync(previous, kept);
      return kept;
    } catch {
      return previous;
    }
  }

  /** Removes what was made beside the file; an old text that could not be put back stays. */
  async discard(): Promise<void> {
    if (this.state !== 'written') await remove(this.next);
    if (this.previous !== undefined && this.state !== 'stuck') await remove(this.previous);
  }
}

/** Makes sure that the file holds this text and nothing else. */
function verify({ path }: FileChange, target: string, text: string): Stats {
  const expected = encodeSource(text);
  const { bytes, stats } = readRegularFileSync(target, { limit: expected.length, refuseLink: true });
  if (!expected.equals(bytes)) throw new WriteError(path, 'changed');
  return stats;
}

/** A rename needs no right to write the file. A read-only file is refused nevertheless, also for root: its owner wanted it so. */
async function checkWritable({ path }: FileChange, target: string, { mode }: Stats): Promise<void> {
  if ((mode & 0o222) === 0) throw new WriteError(path, 'read-only');
  const file = await open(target, constants.O_WRONLY | constants.O_NOFOLLOW).catch((cause: unknown) => {
    throw isSystemError(cause) && cause.code === 'EACCES' ? new WriteError(path, 'read-only', { cause }) : cause;
  });
  await file.close();
}

async function writeNew(path: string, text: string, like: Stats, made: string[]): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  made.push(path);
  try {
    await file.writeFile(encodeSource(text));
    await takeOwner(file, like);
    await file.chmod(like.mode & 0o777);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Only root may give files away; a member of a group may give to the group. */
async function takeOwner(file: FileHandle, { uid, gid }: Stats): Promise<void> {
  const own = await file.stat();
  if (own.uid === uid && own.gid === gid) return;
  const isPermitted = async (owner: number): Promise<boolean> =>
    file.chown(owner, gid).then(
      () => true,
      () => false,
    );
  if (!(await isPermitted(uid))) await isPermitted(own.uid);
}

/** Keeps the file under a second name, or else its text in another file. */
async function keep(target: string, path: string, text: string, stats: Stats, made: string[]): Promise<void> {
  // In a sticky folder, a second name of another user's file could never be removed.
  const isSticky = ((await stat(dirname(target))).mode & 0o1000) !== 0;
  if (isSticky || !(await isLinked(target, path))) await writeNew(path, text, stats, made);
  else made.push(path);
}

/** Not all file systems have hard links, and not all files may be given one. */
async function isLinked(target: string, path: string): Promise<boolean> {
  return link(target, path).then(
    () => true,
    () => false,
  );
}

/** It may be gone already, which is not an error. */
async function remove(path: string): Promise<void> {
  await unlink(path).catch(() => {});
}
