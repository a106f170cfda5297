import { basename, dirname, resolve } from 'node:path';
import { heavyWorkNext } from '../concurrency/heavy-work.js';
import { removeLeftovers } from '../files/writing/leftovers.js';
import type { FileChange } from '../files/writing/replacement.js';
import { writeFiles } from '../files/writing/write-files.js';
import { isSystemError } from '../machine/file-errors.js';
import { isSameRequest } from './entry.js';
import { exclusively, removeStale } from './exclusive.js';
import { printLock } from './lock-file.js';
import { type LockPaths, type OpenedLock, openLock } from './lock-files.js';
import type { Lock, LockedImage } from './lock-schema.js';
import { nixFile } from './nix-file.js';
import { readImagesFile } from './read-images.js';

/** What a run brings into the files of a lock. */
export interface LockUpdate {
  /** The images that it has looked up, by their names. */
  readonly images: ReadonlyMap<string, LockedImage>;
  /** Changes images.toml as it is then; it stays as it is when omitted. */
  readonly edit?: ((text: string) => string) | undefined;
}

export interface CommittedLock {
  readonly written: readonly string[];
  readonly lock: Lock;
}

/** How often to begin again because a program that knows nothing of us has changed a file meanwhile. */
const ATTEMPTS = 5;

/**
 * Writes what a run has found out, all files or none. The files are read again while no other run of pullpin writes them, so that nothing which another one has
 * written meanwhile is lost: what images.toml no longer asks for as this run has seen it is left to that other run. Throws a PullpinError.
 */
export async function commitLock(paths: LockPaths, update: LockUpdate, signal: AbortSignal): Promise<CommittedLock> {
  const folder = resolve(paths.folder, dirname(paths.lock));
  return exclusively(busyFile(paths), signal, async () => {
    await removeLeftovers([folder]);
    for (let attempt = 1; ; attempt++) {
      const now = await openLock(paths, update.edit !== undefined);
      const { changes, lock } = await heavyWorkNext(signal, () => changesOf(now, update));
      const { written, failed } = await writeFiles(changes, { folder: paths.folder, signal });
      const [failure] = failed;
      if (!failure) return { written, lock };
      if (failed.some(({ problem }) => problem !== 'changed') || attempt === ATTEMPTS) throw failure;
    }
  });
}

/** Removes what killed runs have left beside the files, for a run that has nothing to write. */
export async function clearAfterKilled(paths: LockPaths): Promise<void> {
  const busy = busyFile(paths);
  await removeLeftovers([dirname(busy)]);
  await removeStale(busy).catch((error: unknown) => {
    // This user may not write there, or not look into the folder: the file says nothing about this run.
    if (!isSystemError(error)) throw error;
  });
}

/** It is there while a run writes. */
function busyFile({ folder, lock }: LockPaths): string {
  return resolve(folder, dirname(lock), `.${basename(lock)}.busy`);
}

function changesOf({ paths, texts, lock }: OpenedLock, { images, edit }: LockUpdate) {
  const before = texts.images ?? '';
  const imagesText = edit ? edit(before) : before;
  const merged = mergeLock(imagesText, paths, lock, images);
  const changes: FileChange[] = [
    ...(edit ? [{ path: paths.images, before: texts.images, after: imagesText }] : []),
    { path: paths.lock, before: texts.lock, after: printLock(merged) },
    { path: paths.nix, before: texts.nix, after: nixFile(basename(paths.lock)) },
  ];
  return { changes, lock: merged };
}

/** The locked images of the names that images.toml has: those of this run where they are for what it asks now, else what the lock has. */
function mergeLock(imagesText: string, paths: LockPaths, lock: Lock, images: ReadonlyMap<string, LockedImage>): Lock {
  const entries = [...readImagesFile(imagesText, paths.images)];
  return new Map(
    entries.flatMap(([name, { request }]): [string, LockedImage][] => {
      const own = images.get(name);
      const image = own && isSameRequest(own.request, request) ? own : lock.get(name);
      return image ? [[name, image]] : [];
    }),
  );
}

/** Whether the files are as pullpin writes them, so that a run without any look-up would change nothing. */
export function isWritten({ paths, texts, lock }: OpenedLock): boolean {
  return texts.lock === printLock(lock) && texts.nix === nixFile(basename(paths.lock));
}
