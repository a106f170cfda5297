import { randomUUID } from 'node:crypto';
import { mkdir, readdir, realpath, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PullpinError, printable } from '../../errors.js';
import { isMissing, isSystemError } from '../../machine/file-errors.js';
import { hasEnded, thisProcess } from '../../machine/processes.js';

/** `.pullpin-SCOPE-PID-UUID.tmp` is a file, the same with `.dir` a folder: the name says which process needs it. */
const NAME = /^\.pullpin-([0-9a-f]{8})-([1-9][0-9]{0,9})-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.(tmp|dir)$/;

/** A path beside a file, for a file that this process needs while it writes. */
export function temporarySibling(target: string): string {
  return join(dirname(target), temporaryName('tmp'));
}

/** Makes a folder in another one, which only this user may enter, for files that this process needs while it works. */
export async function makeTemporaryFolder(parent: string): Promise<string> {
  const folder = join(parent, temporaryName('dir'));
  await mkdir(folder, { mode: 0o700 }).catch((cause: unknown) => {
    if (!isMissing(cause)) throw cause;
    throw new PullpinError(
      `${printable(parent)} does not exist, where temporary files would be; let TMPDIR name a folder`,
      {
        cause,
      },
    );
  });
  return folder;
}

function temporaryName(kind: 'tmp' | 'dir'): string {
  const { scope, pid } = thisProcess();
  return `.pullpin-${scope}-${pid}-${randomUUID()}.${kind}`;
}

/** A path beside a file, for a text that is kept until the user has looked at it. */
export function keptSibling(target: string): string {
  return join(dirname(target), `.pullpin-kept-${randomUUID()}`);
}

/** Removes from some folders what processes left that were killed while they wrote. What belongs to a process that may still run stays. */
export async function removeLeftovers(folders: readonly string[]): Promise<void> {
  await Promise.all([...new Set(folders)].map(removeIn));
}

async function removeIn(folder: string): Promise<void> {
  try {
    const real = await realpath(folder);
    const names = (await readdir(real)).filter(isLeftover);
    await Promise.all(names.map((name) => removeOne(join(real, name))));
  } catch (error) {
    // A folder that is gone, or that this user may not write: the files stay where they are.
    if (!isSystemError(error)) throw error;
  }
}

/** A folder under the name of a file is not ours. */
function removeOne(path: string): Promise<void> {
  return path.endsWith('.dir') ? rm(path, { recursive: true, force: true }) : unlink(path);
}

function isLeftover(name: string): boolean {
  const [, scope, pid] = NAME.exec(name) ?? [];
  return scope !== undefined && hasEnded({ scope, pid: Number(pid) });
}
