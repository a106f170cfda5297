import { clearAfterKilled, commitLock, isWritten } from '../../../lock/commit-lock.js';
import { type LockPaths, openLock } from '../../../lock/lock-files.js';
import type { Context } from '../../terminal/context.js';
import { entriesOf, lookUpImages } from './look-up.js';
import type { LockCommandSettings } from './options.js';
import { changesOf, concludeLock } from './output.js';

/**
 * Writes the lock: what is missing in it or changed in images.toml, and with --update what has moved. What cannot be looked up keeps what is locked.
 * @param names the only images that may move; all when omitted
 */
export async function writeLock(
  names: readonly string[] | undefined,
  paths: LockPaths,
  settings: LockCommandSettings,
  context: Context,
): Promise<number> {
  const opened = await openLock(paths);
  const entries = entriesOf(opened, names);
  const mode = settings.locking.isUpdate ? 'update' : 'missing';
  const { plan, report } = await lookUpImages({ entries, lock: opened.lock, mode }, settings, context);
  const changes = changesOf(plan);
  const removed = [...opened.lock.keys()].filter((name) => !opened.entries.has(name));
  if (changes.length > 0 || removed.length > 0 || !isWritten(opened)) {
    const images = new Map(changes.map(({ entry, after }) => [entry.name, after]));
    await commitLock(paths, { images }, context.signal);
  } else await clearAfterKilled(paths);
  return concludeLock(plan, removed, 'locked', settings.json, context, report);
}
