import { randomUUID } from 'node:crypto';
import { readdir, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isSystemError } from '../../machine/file-errors.js';
import { hasEnded, thisProcess } from '../../machine/processes.js';

/** `.pullpin-SCOPE-PID-UUID.tmp`: the name says which process needs the file, or the folder. */
const NAME = /^\.pullpin-([0-9a-f]{8})-([1-9][0-9]{0,9})-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/** A path beside a file, for a file or a folder that this process needs while it writes. */
export function temporarySibling(target: string): string {
  const { scope, pid } = thisProcess();
  return join(dirname(target), `.pullpin-${scope}-${pid}-${randomUUID()}.tmp`);
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
    await Promise.all(names.map((name) => rm(join(real, name), { recursive: true, force: true })));
  } catch (error) {
    // A folder that is gone, or that this user may not write: the files stay where they are.
    if (!isSystemError(error)) throw error;
  }
}

function isLeftover(name: string): boolean {
  const [, scope, pid] = NAME.exec(name) ?? [];
  return scope !== undefined && hasEnded({ scope, pid: Number(pid) });
}
