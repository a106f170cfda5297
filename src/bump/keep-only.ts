import { type PinFiles, readerOf } from '../list/pin-files.js';
import { type BumpPlan, changedFiles } from './bump-plan.js';
import { separateConflicts } from './conflicts.js';
import type { PinChange } from './one-pin/pin-change.js';
import { conflictProblem, inOrder } from './problem.js';

/**
 * The same plan with some of its changes only. A change that shares a literal with one that is not kept cannot be made alone: it stays as well,
 * and is a problem of the plan. `isWanted` gets each change and its place in `plan.changes`.
 */
export function keepOnly(
  plan: BumpPlan,
  isWanted: (change: PinChange, at: number) => boolean,
  pinFiles: PinFiles,
): BumpPlan {
  const wanted = plan.changes.filter(isWanted);
  const others = plan.changes.filter((change) => !wanted.includes(change));
  const { changes, conflicting } = separateConflicts(wanted, [], others);
  const problems = inOrder([...plan.problems, ...conflicting.map(({ pin }) => conflictProblem(pin))]);
  const files = plan.files.length === 0 ? [] : changedFiles(changes, readerOf(pinFiles));
  return { ...plan, changes, problems, files };
}
