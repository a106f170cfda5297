import type { BumpPlan } from '../../../bump/bump-plan.js';
import { PullpinError } from '../../../errors.js';
import { EXIT, exitCodeOf } from '../../terminal/exit-code.js';
import type { BumpCommandSettings } from './options.js';

/** The exit code of a failure wins over that of an outdated pin, because a pin that failed may be outdated as well. */
export function bumpExitCode(
  { changes, problems }: BumpPlan,
  { bumping: { isCheck } }: Pick<BumpCommandSettings, 'bumping'>,
): number {
  const failures = problems.flatMap(({ severity, error, message }) =>
    severity === 'failure' ? [error ?? new PullpinError(message)] : [],
  );
  const code = exitCodeOf(failures);
  if (code !== EXIT.done) return code;
  return isCheck && changes.length > 0 ? EXIT.changesNeeded : EXIT.done;
}
