import { dirname, resolve } from 'node:path';
import { removeLeftovers } from '../files/writing/leftovers.js';
import { writeFiles } from '../files/writing/write-files.js';
import type { PinFiles } from '../list/pin-files.js';
import { fromProcess } from '../machine/machine.js';
import type { BumpPlan } from './bump-plan.js';
import type { BumpProblem } from './problem.js';

/** How a plan is carried out. */
export interface WriteSettings {
  /** Whether the files that can be written stay written when another one cannot. */
  readonly keepGoing?: boolean | undefined;
  /** Ends the work before the first file is put in its place. */
  readonly signal?: AbortSignal | undefined;
}

/** A plan after writing: the changes that are in their files now, and problems that also name the files that were not written. */
export interface WrittenPlan extends BumpPlan {
  /** The written files that had further names (hard links): those names keep the old text. */
  readonly separated: readonly string[];
}

/**
 * Writes the files of a plan: all of them or none. A file is refused that has changed since it was opened. Throws a PullpinError when a file
 * cannot be written; with `keepGoing` that is a problem of what is returned. Removes what runs left beside the files that were killed.
 */
export async function writePlan(plan: BumpPlan, files: PinFiles, settings: WriteSettings = {}): Promise<WrittenPlan> {
  const written = await tryToWrite(plan, files, settings);
  const failure = written.problems.find(({ code }) => code === 'write');
  if (failure && !settings.keepGoing) throw failure.error;
  return written;
}

/** The same, where each file that cannot be written is always a problem of what is returned. */
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
