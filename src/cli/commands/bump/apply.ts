import { resolve } from 'node:path';
import packageJson from '../../../../package.json' with { type: 'json' };
import { checkedFiles } from '../../../bump/plan-file/checked-files.js';
import { joinPlans } from '../../../bump/plan-file/join-plans.js';
import { type NamedPlan, readPlan } from '../../../bump/plan-file/read-plan.js';
import { PullpinError, printable, UsageError } from '../../../errors.js';
import { isBelow } from '../../../files/roots.js';
import { readProblem } from '../../../machine/file-errors.js';
import { readRegularFile } from '../../../machine/regular-file.js';
import { chooseFiles } from '../../selection/chosen-pins.js';
import type { Context } from '../../terminal/context.js';
import { Report } from '../../terminal/report.js';
import { checkBumpOptions } from './check-together.js';
import { bumpExitCode } from './exit-code.js';
import type { BumpCommandSettings } from './options.js';
import { checkCommitMessage, finishBump } from './output.js';

/** A plan of ten thousand pins has some 20 MB. */
const LARGEST_PLAN = 256 * 1024 * 1024;

/** Carries out the plans of all shards of a bump: all files or none. Asks no registry. Throws a PullpinError. */
export async function applyPlans(settings: BumpCommandSettings, context: Context): Promise<number> {
  checkBumpOptions(settings, context);
  const report = new Report(context, settings.loudness);
  const joined = joinPlans(await readPlans(settings.operands.words, context));
  const words = joined.words.filter((word) => isPlannedWord(word, context));
  if (words.length < joined.words.length)
    throw new UsageError('the plans were made for files outside of this folder: run pullpin where they were made');
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
  return bumpExitCode(await finishBump(plan, { pinFiles, nothing }, wanted, context, report), settings);
}

async function readPlans(files: readonly string[], { folder, signal }: Context): Promise<NamedPlan[]> {
  const plans: NamedPlan[] = [];
  for (const file of files) {
    signal.throwIfAborted();
    const { bytes } = await readRegularFile(resolve(folder, file), { limit: LARGEST_PLAN }).catch((cause: unknown) => {
      throw new PullpinError(`--apply ${printable(file, 200)}: ${readProblem(cause)}`, { cause });
    });
    plans.push(readPlan(bytes.toString('utf8'), file, packageJson.version));
  }
  return plans;
}

/** Whether a word can only lead to files below the folder. */
function isPlannedWord(word: string, { folder }: Context): boolean {
  return isBelow(folder, resolve(folder, word));
}
