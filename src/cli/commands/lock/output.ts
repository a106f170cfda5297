import { PullpinError, printable } from '../../../errors.js';
import type { LockedEntry } from '../../../lock/lock-image.js';
import type { LockedImage } from '../../../lock/lock-schema.js';
import type { LockPlan } from '../../../lock/plan-lock.js';
import { shortDigest } from '../../../oci/digest.js';
import type { Context } from '../../terminal/context.js';
import { exitCodeOf } from '../../terminal/exit-code.js';
import { count } from '../../terminal/format.js';
import { jsonText } from '../../terminal/outcome.js';
import { writeOutput } from '../../terminal/output.js';
import { problemToJson, type Report } from '../../terminal/report.js';
import { formatTable, tableWidth } from '../../terminal/table.js';

/** The results that differ from the lock. */
export function changesOf({ results }: LockPlan): LockedEntry[] {
  return results.filter(({ before, after }) => before !== after);
}

/**
 * Shows what changed, reports what failed, and returns the exit code of the failures.
 * @param removed the names that are no longer in the lock
 * @param done what to call the changed images in the summary: `locked`
 */
export async function concludeLock(
  plan: LockPlan,
  removed: readonly string[],
  done: string,
  isJson: boolean,
  context: Context,
  report: Report,
): Promise<number> {
  const changes = changesOf(plan);
  const text = isJson ? jsonText(toJson(plan, removed)) : changesTable(changes, removed, tableWidth(context.stdout));
  await writeOutput(text, undefined, context);
  for (const { entry, warnings } of plan.results)
    for (const warning of warnings) report.warning(`${entry.name}: ${warning}`);
  for (const { name, error } of plan.problems) reportProblem(name, error, report);
  const same = plan.results.length - changes.length;
  const parts = [
    `${count(changes.length, 'image')} ${done}`,
    ...(removed.length > 0 ? [`${removed.length} removed`] : []),
    ...(same > 0 ? [`${same} up to date`] : []),
    ...(plan.problems.length > 0 ? [`${plan.problems.length} failed`] : []),
  ];
  if (!isJson) report.note(parts.join(', '));
  return exitCodeOf(plan.problems.map(({ error }) => error));
}

/** A failure names the image by its name in images.toml, too. */
function reportProblem(name: string, error: unknown, report: Report): void {
  if (!(error instanceof PullpinError)) report.failure(error);
  else report.failure(new PullpinError(`${printable(name)}: ${error.message}`, { cause: error.cause }));
}

function changesTable(changes: readonly LockedEntry[], removed: readonly string[], width: number): string {
  const rows = [
    ...changes.map(({ entry, before, after }) => [
      entry.name,
      `${after.imageName}:${before && before.tag !== after.tag ? `${before.tag} → ` : ''}${after.tag}`,
      before && before.digest !== after.digest
        ? `${shortDigest(before.digest)} → ${shortDigest(after.digest)}`
        : shortDigest(after.digest),
      Object.keys(after.systems).join(', '),
    ]),
    ...removed.map((name) => [name, 'removed']),
  ];
  return formatTable(rows, width);
}

/** The documented JSON of `pullpin lock --json`. */
function toJson(plan: LockPlan, removed: readonly string[]) {
  return {
    version: 1,
    changes: changesOf(plan).map(({ entry, before, after }) => ({
      name: entry.name,
      imageName: after.imageName,
      from: before ? stateOf(before) : null,
      to: stateOf(after),
    })),
    removed,
    warnings: plan.results.flatMap(({ entry, warnings }) => warnings.map((message) => ({ name: entry.name, message }))),
    problems: plan.problems.map(({ name, error }) => ({ name, ...problemToJson(error) })),
  };
}

function stateOf({ tag, digest, systems }: LockedImage) {
  return { tag, digest, systems: Object.keys(systems) };
}
