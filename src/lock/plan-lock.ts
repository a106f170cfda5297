import { settleInOrder } from '../concurrency/settle-in-order.js';
import { LookUps } from '../pin/look-ups.js';
import { isSameRequest, type LockEntry } from './entry.js';
import type { HashSettings } from './hash-image.js';
import { type LockedEntry, type LockMode, lockImage } from './lock-image.js';
import type { Lock } from './lock-schema.js';

/** Images that are looked up at the same time; each downloads several layers at once. */
const AT_ONCE = 3;

export interface LockPlan {
  readonly results: readonly LockedEntry[];
  /** `name` is that of the image in images.toml. */
  readonly problems: readonly { readonly name: string; readonly error: unknown }[];
}

/**
 * Looks up what the lock should have for some entries. One that fails does not keep the others. Each repository is asked once for its tags, and each tag
 * once for its digest.
 */
export async function planLock(
  entries: readonly LockEntry[],
  lock: Lock,
  mode: LockMode,
  settings: HashSettings & { readonly signal: AbortSignal },
): Promise<LockPlan> {
  const lookUps = new LookUps(settings);
  const settled = await settleInOrder(entries, AT_ONCE, (entry) => {
    settings.signal.throwIfAborted();
    return lockImage(entry, lock.get(entry.name), mode, { ...settings, lookUps });
  });
  settings.signal.throwIfAborted();
  return {
    results: settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])),
    problems: settled.flatMap((each, at) => {
      const entry = entries[at];
      return each.status === 'rejected' && entry ? [{ name: entry.name, error: each.reason as unknown }] : [];
    }),
  };
}

/** Why a lock does not fit its images.toml. */
export interface StaleImage {
  readonly name: string;
  readonly reason: 'missing' | 'changed' | 'removed';
}

const REASONS: Readonly<Record<StaleImage['reason'], (images: string) => string>> = {
  missing: () => 'is not locked yet',
  changed: (images) => `has changed in ${images}`,
  removed: (images) => `is no longer in ${images}`,
};

/**
 * The reason in words, to be read behind the name of the image.
 *
 * @param images the name of the images.toml
 */
export function whyStale(reason: StaleImage['reason'], images: string): string {
  return REASONS[reason](images);
}

/** The images for which the lock does not fit images.toml, found without a network. */
export function staleImages(entries: ReadonlyMap<string, LockEntry>, lock: Lock): StaleImage[] {
  const asked = [...entries.values()].flatMap(({ name, request }): StaleImage[] => {
    const locked = lock.get(name);
    if (!locked) return [{ name, reason: 'missing' }];
    return isSameRequest(locked.request, request) ? [] : [{ name, reason: 'changed' }];
  });
  const removed = [...lock.keys()].filter((name) => !entries.has(name));
  return [...asked, ...removed.map((name): StaleImage => ({ name, reason: 'removed' }))];
}
