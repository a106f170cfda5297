import { type PinFiles, readerOf } from '../list/pin-files.js';
import { changedFiles } from '../nix/edit/changed-files.js';
import type { BumpPlan } from './bump-plan.js';
import { separateConflicts } from './conflicts.js';
import type { PinChange } from './one-pin/pin-change.js';
import { conflictProblem, inOrder, systemsProblem } from './problem.js';

/**
 * The same plan with only some of its changes. A change that shares a literal with a removed one cannot be made alone: it is removed as well,
 * and becomes a problem of the plan. So is the change of a table by system that would get entries with two digests. `isWanted` gets each change and
 * its place in `plan.changes`.
 */
export function keepOnly(
  plan: BumpPlan,
  isWanted: (change: PinChange, at: number) => boolean,
  pinFiles: PinFiles,
): BumpPlan {
  const chosen = plan.changes.filter(isWanted);
  const wanted = chosen.filter((change) => !change.systems || isWhole(change, plan.changes, chosen));
  const others = plan.changes.filter((change) => !wanted.includes(change));
  const { changes, conflicting } = separateConflicts(wanted, [], others);
  const apart = chosen.filter((change) => !wanted.includes(change));
  const problems = inOrder([
    ...plan.problems,
    ...conflicting.map(conflictProblem),
    ...apart.map(({ pin }) => systemsProblem(pin)),
  ]);
  const files =
    plan.files.length === 0
      ? []
      : changedFiles(
          changes.flatMap(({ edits }) => edits),
          readerOf(pinFiles),
        );
  return { ...plan, changes, problems, files };
}

/** A table gets entries with the new digest only when its other entries get it as well. */
function isWhole({ pin }: PinChange, all: readonly PinChange[], chosen: readonly PinChange[]): boolean {
  const isSame = (other: PinChange) =>
    other.pin.file === pin.file && other.pin.line === pin.line && other.pin.column === pin.column;
  return all.filter(isSame).every((other) => chosen.includes(other));
}
