import { heavyWork } from '../concurrency/heavy-work.js';
import { unfollowedHashes } from '../list/pin-files.js';
import { applyEdits, differsOnlyIn, reconcileEdits } from '../nix/edit/edit.js';
import type { PinSite } from '../nix/find/pin-site.js';
import type { PinChange, PlannedSite, SiteOutcome } from './one-pin/pin-change.js';
import {
  aloneProblem,
  type BumpProblem,
  conflictProblem,
  failedProblem,
  inOrder,
  leftProblem,
  noticeOf,
  siteProblem,
  untrackedProblem,
} from './problem.js';
import type { SiteSettings } from './site/site-settings.js';
import type { PlannedTable } from './systems/plan-tables.js';
import { settleChanges } from './together.js';

/** A file that is to be changed. */
export interface ChangedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** What a bump would do: nothing has been written. */
export interface BumpPlan {
  readonly changes: readonly PinChange[];
  readonly problems: readonly BumpProblem[];
  readonly files: readonly ChangedFile[];
  /** How many pins were found, and how many of them are as they should be, or are not to be touched. */
  readonly counts: {
    readonly found: number;
    readonly current: number;
    readonly frozen: number;
    readonly untracked: number;
    /** What looks like a pin and cannot be followed (not counted in `found`), and pins with a part that cannot be followed. */
    readonly unfollowable: number;
  };
}

/** Everything that a plan is made of. */
export interface PlanParts {
  readonly planned: readonly PlannedSite[];
  /** Tables by system that get other entries. */
  readonly tables: readonly PlannedTable[];
  /** Pins that are not to be changed. */
  readonly unwanted: readonly PinSite[];
  /** The problems that were met while pins were looked for. */
  readonly problems: readonly BumpProblem[];
}

/** Makes one plan of the results for all pins: leaves out changes that would break another pin, and makes the edits. Throws for bugs only. */
export function assemblePlan(parts: PlanParts, { read, mode }: SiteSettings): BumpPlan {
  const { tables, unwanted, problems } = parts;
  const dropped = new Set(tables.flatMap((table) => table.dropped));
  const planned = parts.planned.filter(({ site }) => !dropped.has(site));
  const failed = planned.flatMap((each) => (each.status === 'rejected' ? [failedProblem(each.site, each.reason)] : []));
  const settled = planned.flatMap((each) => (each.status === 'fulfilled' ? [each] : []));
  const { changes, conflicting, alone } = settleChanges(planned, tables, unwanted);
  const inState = (state: SiteOutcome['state']): PinSite[] =>
    settled.filter(({ value }) => value.state === state).map(({ site }) => site);
  const untracked = inState('untracked');
  // A pin that is outdated, and whose hash cannot be followed, has failed.
  const unfollowed = inState('current').flatMap(unfollowedHashes).map(noticeOf);
  return {
    changes,
    problems: inOrder([
      ...problems,
      ...failed,
      ...untracked.map(untrackedProblem),
      ...unfollowed,
      ...settled.flatMap(({ site, value: { notice } }) => (notice ? [siteProblem(site, notice)] : [])),
      ...changes.flatMap(({ pin, left }) => (left === undefined ? [] : [leftProblem(pin, left)])),
      ...conflicting.map(({ pin }) => conflictProblem(pin)),
      ...alone.map(({ change, stays }) => aloneProblem(change.pin, stays)),
    ]),
    files: mode === 'digests' ? [] : changedFiles(changes, read),
    counts: {
      found: parts.planned.length,
      current: inState('current').length,
      frozen: inState('frozen').length,
      untracked: untracked.length,
      unfollowable: [...problems, ...failed, ...unfollowed].filter(({ code }) => code === 'unfollowable').length,
    },
  };
}

/** The files with the edits made. Each is checked to be the same program except for them. */
export function changedFiles(changes: readonly PinChange[], read: SiteSettings['read']): ChangedFile[] {
  const { edits } = reconcileEdits(changes.flatMap((change) => change.edits));
  return [...new Set(edits.map(({ file }) => file))].map((path) => {
    const own = edits.filter(({ file }) => file === path);
    const before = read(path);
    if (before === undefined) throw new TypeError(`${path} was read when its pins were found, and is gone now`);
    const after = applyEdits(before, own);
    if (!own.some(({ isForeign }) => isForeign) && !heavyWork(() => differsOnlyIn(before, after, own)))
      throw new TypeError(`the edits of ${path} would change more than its pins`);
    return { path, before, after };
  });
}
