import { realpath } from 'node:fs/promises';
import { settleInOrder } from '../../concurrency/settle-in-order.js';
import { PullpinError, UsageError } from '../../errors.js';
import { findFiles } from '../../files/find-files.js';
import type { ReadText } from '../../files/read-source.js';
import { readSource, readWithin } from '../../files/read-source.js';
import type { Roots } from '../../files/roots.js';
import { repositoryAround, searchRoots } from '../../files/roots.js';
import { decodeSource } from '../../files/source-text.js';
import type { ListedProblem, SourceFile } from '../../list/find.js';
import type { Context } from '../terminal/context.js';
import { readStdinBytes } from '../terminal/stdin.js';

/** The files that a command looks for pins in. */
export interface PinFiles {
  readonly files: readonly SourceFile[];
  /** Files that were found but cannot be read as text. */
  readonly unreadable: readonly ListedProblem[];
  /** Reads what they import, as far as it lies below the same folders. */
  readonly read: ReadText;
  /** Where files may be written. */
  readonly roots: Roots;
  /** There is one file, and it is stdin. */
  readonly isStdin: boolean;
}

const MAX_STDIN = 16 * 1024 * 1024;
/** Files that are read at a time. */
const AT_ONCE = 16;

/** Finds and reads the files that the paths name: what git knows below here when there is none, stdin for `-`. Throws a PullpinError. */
export async function openPinFiles(paths: readonly string[], context: Context): Promise<PinFiles> {
  const { folder, environment, signal } = context;
  if (paths.includes('-')) return stdinFile(paths, context);
  const named = await searchRoots(paths, folder);
  const top = await repositoryAround(await realpath(folder));
  // What a file imports from elsewhere in its repository is a part of it: its pins' literals may stand there.
  const roots = [...named, ...(top === undefined ? [] : [top])];
  const found = await findFiles(paths, { folder, environment, signal });
  const texts = await settleInOrder(found, AT_ONCE, async (path) => ({ path, text: await readSource(path, folder) }));
  const failed = texts.flatMap((result, at) =>
    result.status === 'rejected' ? unreadable(found[at] ?? '', result.reason, paths) : [],
  );
  return {
    files: texts.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    unreadable: failed,
    read: readWithin(roots, folder),
    roots,
    isStdin: false,
  };
}

async function stdinFile(paths: readonly string[], context: Context): Promise<PinFiles> {
  if (paths.length > 1) throw new UsageError('- reads stdin, and goes with no other path');
  const text = decodeSource(await readStdinBytes(context, MAX_STDIN, 'a Nix file'), STDIN_NAME);
  return { files: [{ path: STDIN_NAME, text }], unreadable: [], read: () => undefined, roots: [], isStdin: true };
}

/** What stdin is called in messages. */
const STDIN_NAME = 'stdin';

/** JSON that cannot be read is of interest only when it was named: a repository may hold large data. */
function unreadable(file: string, error: unknown, named: readonly string[]): ListedProblem[] {
  if (!(error instanceof PullpinError)) throw error;
  const isOfInterest = !file.endsWith('.json') || named.includes(file);
  return isOfInterest ? [{ file, line: 1, column: 1, code: 'unreadable', message: error.message }] : [];
}
