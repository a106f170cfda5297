import type { BumpPlan } from '../bump-plan.js';
import type { PlannedPin } from '../plan-sites.js';
import type { BumpProblem } from '../problem.js';
import { bumpProblemToJson, changeToJson } from './plan-json.js';

/** A plan in the documented lines of `pullpin bump --json-lines` (docs/json.md): one for each pin as it is known, and those at the end. */
export class PlanLines {
  private readonly told = new Set<string>();

  /** @param printsChanges whether the changes have no lines yet when all is known, as with `--apply` */
  constructor(private readonly printsChanges = false) {}

  /** The line of a pin that was planned. */
  ofPin({ pin, state, change, problem }: PlannedPin) {
    if (problem) this.told.add(keyOfProblem(problem));
    return {
      type: 'pin',
      file: pin.file,
      line: pin.line,
      column: pin.column,
      imageName: pin.imageName,
      tag: pin.follows,
      state,
      change: change ? changeToJson(change) : null,
      problem: problem ? bumpProblemToJson(problem) : null,
    };
  }

  /** The problems that no line of a pin has, and at last the totals. `plan` is what was carried out. */
  *atEnd({ changes, problems, files, counts }: BumpPlan): Generator<object> {
    if (this.printsChanges)
      for (const change of changes) yield this.ofPin({ pin: change.pin, state: 'changed', change });
    for (const problem of problems)
      if (!this.told.has(keyOfProblem(problem))) yield { type: 'problem', ...bumpProblemToJson(problem) };
    yield { type: 'total', version: 1, changes: changes.length, files: files.map(({ path }) => path), counts };
  }
}

function keyOfProblem({ file, line, column, code, message }: BumpProblem): string {
  return JSON.stringify([file, line, column, code, message]);
}
