import { realpath } from 'node:fs/promises';
import { settleInOrder } from '../concurrency/settle-in-order.js';
import { PullpinError } from '../errors.js';
import { findFiles } from '../files/find-files.js';
import { readSource, readWithin } from '../files/read-source.js';
import { repositoryAround, searchRoots } from '../files/roots.js';
import { fromProcess, type Machine } from '../machine/machine.js';
import type { ListedProblem, PinFiles } from './pin-files.js';

/** Where paths are looked for, and when to stop. */
export interface OpenSettings extends Partial<Pick<Machine, 'folder' | 'environment'>> {
  readonly signal?: AbortSignal | undefined;
}

/** Files that are read at a time. */
const AT_ONCE = 16;

/**
 * Finds and reads the files that the paths name: a file as it is, and of a folder (the current one when no path is given) the `.nix` and
 * `.json` files that git tracks or does not ignore. Throws a PullpinError for a path that does not exist or cannot be searched.
 */
export async function openPinFiles(paths: readonly string[] = [], settings: OpenSettings = {}): Promise<PinFiles> {
  const { folder, environment, signal } = { ...fromProcess(), ...settings };
  const named = await searchRoots(paths, folder);
  const top = await repositoryAround(await realpath(folder));
  // What a file imports from elsewhere in its repository is a part of it: its pins' literals may stand there.
  const roots = [...named, ...(top === undefined ? [] : [top])];
  const found = await findFiles(paths, { folder, environment, signal });
  const texts = await settleInOrder(found, AT_ONCE, async (path) => ({ path, text: await readSource(path, folder) }));
  const unreadable = texts.flatMap((result, at) =>
    result.status === 'rejected' ? unreadableFile(found[at] ?? '', result.reason, paths) : [],
  );
  const files = texts.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  return { files, unreadable, read: readWithin(roots, folder), folder, roots };
}

/** JSON that cannot be read is of interest only when it was named: a repository may hold large data. */
function unreadableFile(file: string, error: unknown, named: readonly string[]): ListedProblem[] {
  if (!(error instanceof PullpinError)) throw error;
  const isOfInterest = !file.endsWith('.json') || named.includes(file);
  return isOfInterest ? [{ file, line: 1, column: 1, code: 'unreadable', message: error.message }] : [];
}
