import { dirname, resolve } from 'node:path';
import { removeLeftovers } from '../files/writing/leftovers.js';
import { writeFiles } from '../files/writing/write-files.js';
import type { PinFiles } from '../list/pin-files.js';
import { fromProcess } from '../machine/machine.js';
import type { BumpPlan } from './bump-plan.js';
import type { BumpProblem } from './problem.js';

/** Settings for writing a plan. */
export interface WriteSettings {
  /** Whether to write the other files when one file cannot be written. */
  readonly keepGoing?: boolean | undefined;
  /** An abort stops the work before the first file is replaced. */
  readonly signal?: AbortSignal | undefined;
}

/** A plan after writing. `changes` are those that the files have now; `problems` include the files that could not be written. */
export interface WrittenPlan extends BumpPlan {
  /** The written files that had other names (hard links). Under those names, the old text stays. */
  readonly separated: readonly string[];
}

/**
 * Writes the files of a plan: all of them or none. A file that has changed since pullpin read it is not written. Throws a PullpinError when a file
 * cannot be written; with `keepGoing`, the returned plan has a problem instead. Removes leftover files of killed runs beside the written files.
 */
export async function writePlan(plan: BumpPlan, files: PinFiles, settings: WriteSettings = {}): Promise<WrittenPlan> {
  const written = await tryToWrite(plan, files, settings);
  const failure = written.problems.find(({ code }) => code === 'write');
  if (failure && !settings.keepGoing) throw failure.error;
  return written;
}

/** Writes the files; each file that cannot be written becomes a problem of the returned plan. */
export async function tryToWrite(plan: BumpPlan, files: PinFiles, settings: WriteSettings): Promise<WrittenPlan> {
  const { folder = fromProcess().folder, roots } = files;
  await removeLeftovers(files.files.map(({ path }) => dirname(resolve(folder, path))));
  const { written, failed, separated } = await writeFiles(plan.files, { folder, roots, ...settings });
  const isWritten = (file: string): boolean => written.includes(file);
  const problems = failed.map((error): BumpProblem => {
    const { path: file, message } = error;
    return { file, line: 1, column: 1, severity: 'failure', code: 'write', message, error };
  });
  return {
    ...plan,
    changes: plan.changes.filter(({ edits }) => edits.every(({ file }) => isWritten(file))),
    files: plan.files.filter(({ path }) => isWritten(path)),
    problems: [...plan.problems, ...problems],
    separated,
  };
}
