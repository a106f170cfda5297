import type { PinSite } from '../nix/find/pin-site.js';
import { type Conflict, type SeparatedChanges, separateConflicts } from './conflicts.js';
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
  const wanted: Wanted[] = [...moving, ...tables.map(({ site, change }) => ({ site, change }))];
  const changing = new Set(moving.map(({ site }) => site));
  const others = planned.filter(({ site }) => !changing.has(site));
  const staying = new Staying();
  staying.add(others.filter(isStuck).map(({ site }) => site));
  const keptSites = [...kept, ...others.map(({ site }) => site)];
  const alone = new Map<Wanted, string>();
  // A change that is held back may stand in the way of others, and these may be parts of calls, too.
  for (;;) {
    const open = wanted.filter((each) => !alone.has(each));
    const settled = separateWanted(open, [...keptSites, ...Array.from(alone.keys(), ({ site }) => site)]);
    const conflicting = new Set(settled.conflicting.map(({ change }) => change));
    staying.add(open.filter(({ change }) => conflicting.has(change)).map(({ site }) => site));
    const more = open.flatMap((each): [Wanted, string][] => {
      const stays = isMoving(each.change) && !conflicting.has(each.change) ? staying.partOf(each.site) : undefined;
      return stays === undefined ? [] : [[each, stays]];
    });
    if (more.length === 0)
      return { ...settled, alone: Array.from(alone, ([{ change }, stays]) => ({ change, stays })) };
    for (const [each, stays] of more) alone.set(each, stays);
  }
}

/** A planned change, and the pin that it is for. */
interface Wanted {
  readonly site: PinSite;
  readonly change: PinChange;
}

function separateWanted(wanted: readonly Wanted[], kept: readonly PinSite[]): SeparatedChanges {
  const sites = new Map(wanted.map(({ site, change }) => [change, site]));
  return separateConflicts([...sites.keys()], kept, [], (change) => sites.get(change));
}

/** The calls of which a part stays as it is. */
class Staying {
  private readonly systems = new Map<string, string>();

  /** Notes that these sites stay. The first site of a call counts. */
  add(sites: readonly PinSite[]): void {
    for (const site of sites) {
      const call = callOfSite(site);
      if (call !== undefined && !this.systems.has(call)) this.systems.set(call, systemOfCall(site));
    }
  }

  /** The system for which a part of the same call stays; undefined when none does. */
  partOf(site: PinSite): string | undefined {
    return this.systems.get(callOfSite(site) ?? '');
  }
}

/** Whether a pin should have changed but could not. */
function isStuck(planned: PlannedSite): boolean {
  return planned.status === 'rejected' || planned.value.state === 'untracked';
}

function isMoving({ from, to }: PinChange): boolean {
  return from.digest !== to.digest || from.tag !== to.tag;
}
