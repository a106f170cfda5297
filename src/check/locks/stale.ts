import { isWritten } from '../../lock/commit-lock.js';
import type { OpenedLock } from '../../lock/lock-files.js';
import { type StaleImage, staleImages } from '../../lock/plan-lock.js';
import type { Location } from '../../nix/find/pin-site.js';
import type { Finding } from '../findings/finding.js';
import { FINDINGS } from '../findings/findings.js';
import { lockCommand } from './lock-command.js';
import { placesIn } from './places.js';

/** Where a lock does not fit its images.toml, or is not as pullpin writes it. */
export function staleFindings(opened: OpenedLock): Finding[] {
  const { paths, texts, entries, lock } = opened;
  const placeOf = placesIn(texts.lock ?? '', paths.lock);
  const fix = lockCommand(paths);
  const stale = staleImages(entries, lock).map(({ name, reason }) => {
    const line = Number(/:(\d+)$/.exec(entries.get(name)?.place ?? '')?.[1]);
    const place = reason === 'removed' ? placeOf(name) : { file: paths.images, line, column: 1 };
    const imageName = entries.get(name)?.reference.name ?? lock.get(name)?.imageName;
    return finding(place, REASONS[reason](name, paths.images), fix, imageName);
  });
  const isChanged = texts.lock !== undefined && stale.length === 0 && !isWritten(opened);
  const where = { file: paths.lock, line: 1, column: 1 };
  return isChanged ? [finding(where, `it or ${paths.nix} is not as pullpin lock writes it`, fix)] : stale;
}

const REASONS: Readonly<Record<StaleImage['reason'], (name: string, images: string) => string>> = {
  missing: (name) => `${name} is not locked yet`,
  changed: (name) => `${name} has changed since it was locked`,
  removed: (name, images) => `${name} is no longer in ${images}`,
};

function finding(
  { file, line, column }: Pick<Location, 'file' | 'line' | 'column'>,
  message: string,
  fix: string,
  imageName?: string,
): Finding {
  const { level } = FINDINGS['stale-lock'];
  return { file, line, column, code: 'stale-lock', level, message, fix, edits: [], imageName };
}
