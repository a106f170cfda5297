import { unfollowedHashes } from '../list/pin-files.js';
import { type ChangedFile, changedFiles } from '../nix/edit/changed-files.js';
import type { FileEdit } from '../nix/edit/edit.js';
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

/** The changes that a bump would make. A plan writes nothing. */
export interface BumpPlan {
  readonly changes: readonly PinChange[];
  readonly problems: readonly BumpProblem[];
  readonly files: readonly ChangedFile[];
  /** Counts of pins: how many were found, and how many of them need no change or must not change. */
  readonly counts: {
    readonly found: number;
    readonly current: number;
    readonly frozen: number;
    readonly untracked: number;
    /** Code that looks like a pin but cannot be followed (not counted in `found`), and pins with a part that cannot be followed. */
    readonly unfollowable: number;
  };
}

/** The results from which a plan is made. */
export interface PlanParts {
  readonly planned: readonly PlannedSite[];
  /** Tables by system whose entries change. */
  readonly tables: readonly PlannedTable[];
  /** Pins that must not change. */
  readonly unwanted: readonly PinSite[];
  /** The problems from the search for pins. */
  readonly problems: readonly BumpProblem[];
}

/**
 * Makes one plan of the results for all pins: omits changes that would break another pin, and makes the edits. Throws only when pullpin has a
 * bug.
 */
export function assemblePlan(parts: PlanParts, { read, mode, systems }: SiteSettings): BumpPlan {
  const { tables, unwanted, problems } = parts;
  const dropped = new Set(tables.flatMap((table) => table.dropped));
  const planned = parts.planned.filter(({ site }) => !dropped.has(site));
  const failed = planned.flatMap((each) =>
    each.status === 'rejected' ? [failedProblem(each.site, each.reason, systems)] : [],
  );
  const settled = planned.flatMap((each) => (each.status === 'fulfilled' ? [each] : []));
  const { changes, conflicting, alone } = settleChanges(planned, tables, unwanted);
  const inState = (state: SiteOutcome['state']): PinSite[] =>
    settled.filter(({ value }) => value.state === state).map(({ site }) => site);
  const untracked = inState('untracked');
  // An outdated pin whose hash cannot be followed is a failure.
  const unfollowed = inState('current').flatMap(unfollowedHashes).map(noticeOf);
  return {
    changes,
    problems: inOrder([
      ...problems,
      ...failed,
      ...untracked.map(untrackedProblem),
      ...unfollowed,
      ...settled.flatMap(({ site, value: { notice } }) => (notice ? [siteProblem(site, notice)] : [])),
      ...changes.flatMap(({ pin, unchanged }) => (unchanged === undefined ? [] : [leftProblem(pin, unchanged)])),
      ...conflicting.map(conflictProblem),
      ...alone.map(({ change, stays }) => aloneProblem(change.pin, stays)),
    ]),
    files: mode === 'digests' ? [] : changedFiles(allEdits(changes), read),
    counts: {
      found: parts.planned.length,
      current: inState('current').length,
      frozen: inState('frozen').length,
      untracked: untracked.length,
      unfollowable: [...problems, ...failed, ...unfollowed].filter(({ code }) => code === 'unfollowable').length,
    },
  };
}

/** The plan of a run whose files were planned in groups, and what is wrong with its files beside that. */
export function joinedPlan(plans: readonly BumpPlan[], problems: readonly BumpProblem[]): BumpPlan {
  const counted = (count: keyof BumpPlan['counts']): number =>
    plans.reduce((sum, { counts }) => sum + counts[count], 0);
  return {
    changes: plans.flatMap(({ changes }) => changes),
    problems: inOrder([...plans.flatMap((plan) => plan.problems), ...problems]),
    files: plans.flatMap(({ files }) => files),
    counts: {
      found: counted('found'),
      current: counted('current'),
      frozen: counted('frozen'),
      untracked: counted('untracked'),
      unfollowable: counted('unfollowable'),
    },
  };
}

function allEdits(changes: readonly PinChange[]): FileEdit[] {
  return changes.flatMap(({ edits }) => edits);
}
