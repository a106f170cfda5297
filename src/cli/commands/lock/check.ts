import { heavyWorkNext } from '../../../concurrency/heavy-work.js';
import { isWritten } from '../../../lock/commit-lock.js';
import { type LockPaths, openLock } from '../../../lock/lock-files.js';
import { type StaleImage, staleImages, whyStale } from '../../../lock/plan-lock.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { count } from '../../terminal/format.js';
import { jsonText } from '../../terminal/outcome.js';
import { writeOutput } from '../../terminal/output.js';
import { Report } from '../../terminal/report.js';
import { formatTable, tableWidth } from '../../terminal/table.js';
import { entriesOf, lookUpImages } from './look-up.js';
import type { LockCommandSettings } from './options.js';
import { changesOf, concludeLock } from './output.js';

/** Says whether the lock fits images.toml, without a network; with --update, whether any image would move. Writes nothing. */
export async function checkLock(
  names: readonly string[] | undefined,
  paths: LockPaths,
  settings: LockCommandSettings,
  context: Context,
): Promise<number> {
  const opened = await openLock(paths);
  const [stale, isStale] = await heavyWorkNext(context.signal, () => {
    const found = staleImages(opened.entries, opened.lock).filter(({ name }) => names?.includes(name) ?? true);
    return [found, found.length > 0 || !isWritten(opened)] as const;
  });
  if (!settings.locking.isUpdate) {
    const report = new Report(context, settings.loudness);
    const text = settings.json
      ? jsonText({ version: 1, isStale, images: stale })
      : formatTable(
          stale.map(({ name, reason }) => [name, whyStale(reason, paths.images)]),
          tableWidth(context.stdout),
        );
    await writeOutput(text, undefined, context);
    if (!settings.json) report.note(summary(stale, isStale, paths));
    return isStale ? EXIT.changesNeeded : EXIT.done;
  }
  const entries = entriesOf(opened, names);
  const { plan, report } = await lookUpImages({ entries, lock: opened.lock, mode: 'digests' }, settings, context);
  const removed = stale.flatMap(({ name, reason }) => (reason === 'removed' ? [name] : []));
  const code = await concludeLock(plan, removed, 'outdated', settings.json, context, report);
  if (code !== EXIT.done) return code;
  return isStale || changesOf(plan).length > 0 ? EXIT.changesNeeded : EXIT.done;
}

function summary(stale: readonly StaleImage[], isStale: boolean, { lock, nix }: LockPaths): string {
  if (!isStale) return `${lock} is up to date`;
  const what = stale.length > 0 ? `${count(stale.length, 'image')} of ${lock} to lock` : `${lock} or ${nix} to write`;
  return `${what}: run pullpin lock`;
}
