import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import packageJson from '../../../../package.json' with { type: 'json' };
import { PlanLines } from '../../../bump/output/plan-lines.js';
import { checkedFiles } from '../../../bump/plan-file/checked-files.js';
import { joinPlans } from '../../../bump/plan-file/join-plans.js';
import { type NamedPlan, readPlan } from '../../../bump/plan-file/read-plan.js';
import { heavyWorkNext } from '../../../concurrency/heavy-work.js';
import { PullpinError, printable, UsageError } from '../../../errors.js';
import { isBelow } from '../../../files/roots.js';
import { readProblem } from '../../../machine/file-errors.js';
import { readRegularFile, UnfitFileError } from '../../../machine/regular-file.js';
import { chooseFiles } from '../../selection/chosen-pins.js';
import type { Context } from '../../terminal/context.js';
import { Report } from '../../terminal/report.js';
import { checkBumpOptions } from './check-together.js';
import { bumpExitCode } from './exit-code.js';
import type { BumpCommandSettings } from './options.js';
import { checkCommitMessage, finishBump } from './output.js';

/** All plans of a bump together, in bytes: ten thousand changes have some 20 MB. */
const LARGEST_PLANS = 128 * 1024 * 1024;

/** Carries out the plans of all shards of a bump: all files or none. Asks no registry. Throws a PullpinError. */
export async function applyPlans(settings: BumpCommandSettings, context: Context): Promise<number> {
  checkBumpOptions(settings, context);
  const report = new Report(context, settings.loudness);
  const joined = joinPlans(await readPlans(settings.operands.words, context));
  const { words } = joined;
  for (const word of words)
    if (!(await isPlannedWord(word, context.folder)))
      throw new UsageError(
        `the plans were made for files outside of this folder (${printable(word, 100)}): run pullpin where they were made`,
      );
  const everything = { include: [], exclude: [], mustMatch: [] };
  const what = { withUnpinned: joined.options['pin-tags'] === true };
  const { pinFiles } = await chooseFiles({ isStdin: false, words }, everything, context, what);
  await checkCommitMessage(settings, pinFiles, context);
  const plan = { ...joined, files: checkedFiles(joined, pinFiles) };
  // One file that cannot be written keeps all others from being written.
  const wanted = {
    ...settings,
    special: { ...settings.special, keepGoing: false },
    store: { isWanted: false, copyTo: undefined },
  };
  const nothing = plan.counts.found === 0 && plan.problems.length === 0 ? 'the plans have no pin' : undefined;
  return bumpExitCode(
    await finishBump(plan, { pinFiles, nothing, lines: new PlanLines(true) }, wanted, context, report),
    settings,
  );
}

async function readPlans(files: readonly string[], { folder, signal }: Context): Promise<NamedPlan[]> {
  const plans: NamedPlan[] = [];
  let left = LARGEST_PLANS;
  for (const file of files) {
    const { bytes } = await readRegularFile(resolve(folder, file), { limit: left }).catch((cause: unknown) => {
      throw new PullpinError(`--apply ${printable(file, 200)}: ${problemOf(cause)}`, { cause });
    });
    left -= bytes.length;
    plans.push(await heavyWorkNext(signal, () => readPlan(bytes, file, packageJson.version)));
  }
  return plans;
}

function problemOf(cause: unknown): string {
  const isTooLarge = cause instanceof UnfitFileError && cause.reason === 'too-large';
  return isTooLarge ? 'all plans together have more than 128 MiB: bump fewer pins at a time' : readProblem(cause);
}

/** Whether a word can only lead to files below the folder, whatever links say. */
async function isPlannedWord(word: string, folder: string): Promise<boolean> {
  const path = resolve(folder, word);
  if (!isBelow(folder, path)) return false;
  const real = await realpath(path).catch(() => undefined);
  return real === undefined || isBelow(await realpath(folder), real);
}
