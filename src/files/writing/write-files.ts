import { open, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isWithin, type Roots } from '../roots.js';
import { Creation } from './creation.js';
import { type FileChange, Replacement } from './replacement.js';
import { WriteError } from './write-error.js';

/** How files are written. */
export interface WriteFilesSettings {
  /** Paths are resolved against this folder. */
  readonly folder: string;
  /** Where files may be written (`searchRoots`); a link that leads elsewhere fails. Anywhere, when not given. */
  readonly roots?: Roots | undefined;
  /** Whether what can be written stays when something else fails. */
  readonly keepGoing?: boolean | undefined;
  /** Stops the run until the first file is put in place; the rest takes milliseconds and is not stopped. */
  readonly signal?: AbortSignal | undefined;
}

/** The result of the changes, without those that change nothing. Paths are as they were given. */
export interface WriteOutcome {
  /** The files that were written, and not put back. */
  readonly written: readonly string[];
  /** Why files were not written, or not put back. When this is not empty and `keepGoing` is not set, all others are as they were. */
  readonly failed: readonly WriteError[];
  /** Those of the written files that had further names (hard links): the other names keep the old text. */
  readonly separated: readonly string[];
}

const AT_ONCE = 16;

/**
 * Writes files, all of them or none: all new texts are put on the disk beside their files before the first is moved into its place, and
 * when a move fails, those before it are taken back. Each file is refused when it does not hold `before` at that moment, and is whole
 * at all times, whatever happens; it keeps its mode and, where possible, its owner. For a symbolic link, its target is replaced. A file whose
 * `before` is undefined is made, and refused when it is there.
 * Nothing else is left in the folders. Throws the signal's reason when aborted.
 */
export async function writeFiles(changes: readonly FileChange[], settings: WriteFilesSettings): Promise<WriteOutcome> {
  const { keepGoing = false, signal } = settings;
  const { files, failed } = await locate(changes, settings);
  const prepared: Prepared[] = [];
  try {
    const isRevocable = !keepGoing && files.size > 1;
    await inBatches([...files], async ([target, [change]]) => {
      signal?.throwIfAborted();
      await collect(failed, async () => prepared.push(await prepare(change, target, isRevocable)));
    });
    signal?.throwIfAborted();
    // Which file was ready first is chance; what is done and said is not.
    sortAs([...files.keys()], prepared, ({ target }) => target);
    const paths = changes.map(({ path }) => path);
    sortAs(paths, failed, ({ path }) => path);
    const placed = failed.length === 0 || keepGoing ? await commitAll(prepared, failed, keepGoing) : [];
    const names = (those: readonly Prepared[]): string[] =>
      those.flatMap(({ target }) => files.get(target) ?? []).map(({ path }) => path);
    return { written: names(placed), failed, separated: names(placed.filter(({ hasOtherNames }) => hasOtherNames)) };
  } finally {
    await inBatches(prepared, (each) => each.discard());
  }
}

/** Sorts in place, as their keys stand in a list. */
function sortAs<T>(keys: readonly string[], all: T[], keyOf: (each: T) => string): void {
  const at = new Map(keys.map((key, index) => [key, index]));
  const place = (each: T): number => at.get(keyOf(each)) ?? keys.length;
  all.sort((a, b) => place(a) - place(b));
}

/** A file that is ready to get its text. */
type Prepared = Replacement | Creation;

async function prepare({ path, before, after }: FileChange, target: string, isRevocable: boolean): Promise<Prepared> {
  return before === undefined
    ? Creation.prepare({ path, before, after }, target)
    : Replacement.prepare({ path, before, after }, target, isRevocable);
}

/** The changes of one file: one change, or the same change under several names. */
type SameChanges = readonly [FileChange, ...FileChange[]];

/** The changes by the real paths of their files. */
async function locate(
  changes: readonly FileChange[],
  { folder, roots }: WriteFilesSettings,
): Promise<{ files: Map<string, SameChanges>; failed: WriteError[] }> {
  const files = new Map<string, SameChanges>();
  const failed: WriteError[] = [];
  for (const change of changes) {
    if (change.before === change.after) continue;
    await collect(failed, async () => {
      const target = await realTarget(change, folder).catch((error: unknown) => {
        throw WriteError.from(change.path, error);
      });
      if (roots && !isWithin(roots, target)) throw new WriteError(change.path, 'outside');
      const [first, ...others] = files.get(target) ?? [change];
      if (first.before !== change.before || first.after !== change.after)
        throw new WriteError(change.path, 'ambiguous');
      files.set(target, first === change ? [change] : [first, ...others, change]);
    });
  }
  return { files, failed };
}

/** The real path of a file, or that of the folder of a new one with its name. */
async function realTarget({ path, before }: FileChange, folder: string): Promise<string> {
  const absolute = resolve(folder, path);
  return before === undefined ? join(await realpath(dirname(absolute)), basename(absolute)) : realpath(absolute);
}

/** Puts the prepared files in place, and returns those that stay there. */
async function commitAll(
  prepared: readonly Prepared[],
  failed: WriteError[],
  keepGoing: boolean,
): Promise<readonly Prepared[]> {
  const placed: Prepared[] = [];
  try {
    for (const each of prepared) {
      const isPlaced = await collect(failed, async () => each.commit());
      if (isPlaced) placed.push(each);
      else if (!keepGoing) return await takeBack(placed, failed);
    }
  } catch (bug) {
    await takeBack(placed, failed);
    throw bug;
  }
  await Promise.all([...new Set(placed.map(({ target }) => dirname(target)))].map(syncFolder));
  return placed;
}

/** Takes files back, the last one first, and returns those that could not be taken back. */
async function takeBack(placed: readonly Prepared[], failed: WriteError[]): Promise<readonly Prepared[]> {
  const stuck: Prepared[] = [];
  for (const each of [...placed].reverse()) {
    if (!(await collect(failed, async () => each.rollBack()))) stuck.push(each);
  }
  return stuck;
}

/** Whether something was done; when not, its WriteError is among the failures. */
async function collect(failed: WriteError[], act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (!(error instanceof WriteError)) throw error;
    failed.push(error);
    return false;
  }
}

/** Acts on all of them, a few at a time. When one throws, the others that have started are still waited for. */
async function inBatches<T>(all: readonly T[], act: (each: T) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < all.length; start += AT_ONCE) {
    const results = await Promise.allSettled(all.slice(start, start + AT_ONCE).map(act));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }
}

/** Makes renames survive a loss of power, where the file system can do that for folders. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // The files are written anyway.
  }
}
