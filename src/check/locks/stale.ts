import { isWritten } from '../../lock/commit-lock.js';
import type { OpenedLock } from '../../lock/lock-files.js';
import { staleImages, whyStale } from '../../lock/plan-lock.js';
import type { Location } from '../../nix/find/pin-site.js';
import { type Finding, findingIn } from '../findings/finding.js';
import { lockCommand } from './lock-command.js';

/** Where a lock does not fit its images.toml, or is not as pullpin writes it. */
export function staleFindings(opened: OpenedLock, placeOf: (name: string) => Location): Finding[] {
  const { paths, texts, entries, lock } = opened;
  const fix = lockCommand(paths);
  const stale = staleImages(entries, lock).map(({ name, reason }) => {
    const line = Number(/:(\d+)$/.exec(entries.get(name)?.place ?? '')?.[1]);
    const place = reason === 'removed' ? placeOf(name) : { file: paths.images, line, column: 1 };
    const imageName = entries.get(name)?.reference.name ?? lock.get(name)?.imageName;
    return findingIn(place, 'stale-lock', `${name} ${whyStale(reason, paths.images)}`, { fix, imageName });
  });
  const isChanged = texts.lock !== undefined && stale.length === 0 && !isWritten(opened);
  const where = { file: paths.lock, line: 1, column: 1 };
  const message = `it or ${paths.nix} is not as pullpin lock writes it`;
  return isChanged ? [findingIn(where, 'stale-lock', message, { fix })] : stale;
}
