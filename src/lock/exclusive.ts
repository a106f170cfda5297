import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PullpinError, printable } from '../errors.js';
import { temporarySibling } from '../files/writing/leftovers.js';
import { isMissing, isSystemError } from '../machine/file-errors.js';
import { hasEnded, thisProcess } from '../machine/processes.js';

/** Another run writes the same files, and does not come to an end. */
export class BusyError extends PullpinError {
  constructor(readonly file: string) {
    super(
      `another run of pullpin writes the same files, and ${printable(file)} shows that: wait for it, or remove that file if no pullpin is running`,
    );
  }
}

/** How long to wait for others, in milliseconds: each of them reads and writes some small files. */
const LONGEST_WAIT = 30_000;
const PAUSE = 25;

/**
 * Does something while no other run does it for the same file: a file with the name of this process says that it is busy. One that a killed run has
 * left is removed. Throws a BusyError after half a minute, and the signal's reason.
 *
 * @param file an absolute path that need not exist for any other reason
 */
export async function exclusively<Result>(
  file: string,
  signal: AbortSignal,
  act: () => Promise<Result>,
  wait = LONGEST_WAIT,
): Promise<Result> {
  const own = ownText();
  const deadline = Date.now() + wait;
  while (!(await isTaken(file, own))) {
    if (await removeStale(file)) continue;
    if (Date.now() > deadline) throw new BusyError(file);
    await sleep(PAUSE, undefined, { signal });
  }
  try {
    return await act();
  } finally {
    await unlink(file).catch(() => {});
  }
}

const NO_ACCESS = 'this user may not write there; check its permissions';
const OF_FOLDER: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist; make it first',
  EACCES: NO_ACCESS,
  EPERM: NO_ACCESS,
  ENOTDIR: 'it is a file',
  EROFS: 'its file system is mounted read-only',
  ENOSPC: 'the disk is full; free some space',
  EDQUOT: 'the quota is full; free some space',
};

/** The process, and a word that no other has, so that a file is never taken for an earlier one. */
function ownText(): string {
  const { scope, pid } = thisProcess();
  return `${scope} ${pid} ${randomUUID()}\n`;
}

/** Makes the file with its whole text in one step; false when it is there. */
async function isTaken(file: string, text: string): Promise<boolean> {
  const beside = temporarySibling(file);
  try {
    const handle = await open(beside, 'wx', 0o600);
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    return await isLinked(beside, file);
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    const problem = OF_FOLDER[cause.code] ?? cause.message;
    throw new PullpinError(`no file can be made in the folder ${printable(dirname(file))}: ${printable(problem)}`, {
      cause,
    });
  } finally {
    await unlink(beside).catch(() => {});
  }
}

async function isLinked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the file when the process that has made it is known to have ended. Says whether it is gone. */
export async function removeStale(file: string): Promise<boolean> {
  const text = await textOf(file);
  if (text === undefined) return true;
  if (!isOfEnded(text)) return false;
  const taken = temporarySibling(file);
  try {
    await rename(file, taken);
  } catch (error) {
    if (isMissing(error)) return true;
    throw error;
  }
  // Another run may have removed the same file and made its own meanwhile: that one is put back.
  if ((await textOf(taken)) !== text) await isLinked(taken, file);
  await unlink(taken).catch(() => {});
  return true;
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isOfEnded(text: string): boolean {
  const [, scope, pid] = /^([0-9a-f]{8}) ([1-9][0-9]{0,9}) [0-9a-f-]{36}\n$/.exec(text) ?? [];
  return scope !== undefined && hasEnded({ scope, pid: Number(pid) });
}
