import type { PinSite } from '../nix/find/pin-site.js';
import { type Conflict, separateConflicts } from './conflicts.js';
import type { PinChange, PlannedSite } from './one-pin/pin-change.js';
import { callOfSite, systemOfCall } from './site/call-of-site.js';
import type { PlannedTable } from './systems/plan-tables.js';

/** The changes to make, and those that cannot be made. */
export interface SettledChanges {
  readonly changes: readonly PinChange[];
  /** Changes that would also change another pin, or that need another text at the same place. */
  readonly conflicting: readonly Conflict[];
  /** Changes of a pin that must stay as it is on another system; `stays` names the system. */
  readonly alone: readonly { readonly change: PinChange; readonly stays: string }[];
}

/**
 * Removes the planned changes that cannot be made. A pin that has values for several systems changes as a whole: when the values for
 * one system cannot change, the others stay as well, because otherwise one call would give different images on different machines. Values that
 * are frozen or not wanted stay by the user's choice, so the others may change without them.
 *
 * @param tables tables by system that get other entries
 * @param kept pins that are not to be changed, beside the planned ones
 */
export function settleChanges(
  planned: readonly PlannedSite[],
  tables: readonly PlannedTable[],
  kept: readonly PinSite[],
): SettledChanges {
  const moving = planned.flatMap(({ site, ...outcome }) =>
    outcome.status === 'fulfilled' && outcome.value.state === 'changed' ? [{ site, change: outcome.value.change }] : [],
  );
  const wanted = [...moving, ...tables.map(({ site, change }) => ({ site, change }))];
  const changing = new Set(moving.map(({ site }) => site));
  const others = planned.filter(({ site }) => !changing.has(site));
  const staying = namesOfStaying(others.filter(isStuck).map(({ site }) => site));
  const alone = new Map<PinChange, string>();
  for (;;) {
    const open = wanted.filter(({ change }) => !alone.has(change));
    const held = wanted.filter(({ change }) => alone.has(change));
    const keptSites = [...kept, ...[...others, ...held].map(({ site }) => site)];
    const sites = new Map(open.map(({ site, change }) => [change, site]));
    const settled = separateConflicts([...sites.keys()], keptSites, [], (change) => sites.get(change));
    const conflicting = new Set(settled.conflicting.map(({ change }) => change));
    for (const [key, name] of namesOfStaying(
      open.flatMap(({ site, change }) => (conflicting.has(change) ? [site] : [])),
    ))
      staying.set(key, staying.get(key) ?? name);
    const before = alone.size;
    for (const { site, change } of open) {
      const stays = staying.get(callOfSite(site) ?? '');
      if (stays !== undefined && !conflicting.has(change) && isMoving(change)) alone.set(change, stays);
    }
    if (alone.size === before)
      return { ...settled, alone: Array.from(alone, ([change, stays]) => ({ change, stays })) };
  }
}

/** Whether a pin should have changed but could not. */
function isStuck(planned: PlannedSite): boolean {
  return planned.status === 'rejected' || planned.value.state === 'untracked';
}

function isMoving({ from, to }: PinChange): boolean {
  return from.digest !== to.digest || from.tag !== to.tag;
}

/** The system of one site that stays, by the call that it is a part of. */
function namesOfStaying(sites: readonly PinSite[]): Map<string, string> {
  return new Map(
    sites.flatMap((site) => (callOfSite(site) === undefined ? [] : [[callOfSite(site) ?? '', systemOfCall(site)]])),
  );
}
