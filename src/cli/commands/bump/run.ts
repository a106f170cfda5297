import type { BumpPlan } from '../../../bump/bump-plan.js';
import { planToJson } from '../../../bump/output/plan-json.js';
import { PlanLines } from '../../../bump/output/plan-lines.js';
import { planBump } from '../../../bump/plan.js';
import type { PlannedPin } from '../../../bump/plan-sites.js';
import type { BumpMode } from '../../../bump/site/site-settings.js';
import { printable, UsageError } from '../../../errors.js';
import type { PinFiles } from '../../../list/pin-files.js';
import { otherConfigs } from '../../config-files/other-configs.js';
import { createPinsProgress } from '../../progress/progress.js';
import { openBackend } from '../../resources/backend.js';
import { keptArchive } from '../../resources/kept-archive.js';
import { openRegistries } from '../../resources/registries.js';
import { openSharingCache } from '../../resources/shared-cache.js';
import { signatureCheck } from '../../resources/signatures.js';
import { type ChosenFiles, chooseFiles } from '../../selection/chosen-pins.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { jsonLine, jsonText, writeLines } from '../../terminal/outcome.js';
import { writeOutput } from '../../terminal/output.js';
import { Report } from '../../terminal/report.js';
import { askWhich } from './ask.js';
import { checkBumpOptions } from './check-together.js';
import { bumpExitCode } from './exit-code.js';
import { asFilter } from './filter.js';
import type { BumpCommandSettings } from './options.js';
import { checkCommitMessage, finishBump } from './output.js';
import { checkPlanFile, planFileText } from './plan-text.js';
import { shardOf, sharedPace } from './shard.js';
import { filesSince } from './since.js';

export async function runBump(settings: BumpCommandSettings, context: Context): Promise<number> {
  if (settings.machines.isApply) return (await import('./apply.js')).applyPlans(settings, context);
  const isFilter = settings.operands.isStdin && !settings.bumping.isCheck;
  return isFilter ? asFilter(context, (inner) => bump(settings, inner)) : bump(settings, context);
}

async function bump(settings: BumpCommandSettings, context: Context): Promise<number> {
  checkBumpOptions(settings, context);
  const { operands, bumping, chosen, loudness, machines } = settings;
  const shard = shardOf(machines.shard, context);
  const progress = createPinsProgress(context, loudness === 'normal');
  const report = new Report(context, loudness, () => progress.clear());
  const choice = await chooseFiles(operands, chosen, context, { withUnpinned: bumping.pinsTags });
  const { pinFiles } = choice;
  await checkFiles(settings, pinFiles, context);
  const means = await openMeans(settings, context);
  const since = await filesSince(bumping.since, pinFiles, context);
  const cache = await openSharingCache(settings, context, report);
  const run = { registries: [], cache, report, onEvent: progress.onEvent };
  const registries = await openRegistries(sharedPace(settings.registries, shard), run, context);
  try {
    const lines = new PlanLines();
    const plan = await planBump(pinFiles, {
      isWanted: (pin) => choice.isWanted(pin),
      isWantedFile: (path) => choice.isWantedFile(path),
      since,
      shard,
      ...policyOf(settings),
      cache,
      registries,
      ...means,
      onPin: onPin(settings, lines, context),
      onProgress: progress.onProgress,
      onDownload: progress.onDownload,
    });
    progress.stop();
    context.signal.throwIfAborted();
    const refusal = choice.unused(plan.problems) ?? nothingToCheck(plan, choice, settings);
    if (refusal) return await refuse(refusal, plan, settings, context);
    const planText = (made: BumpPlan) => planFileText(made, pinFiles, settings, { shard, since });
    return await finish(plan, { choice, lines, planText }, settings, context, report);
  } finally {
    progress.stop();
    await registries.close();
  }
}

/** Looks at the files beside the pins, before any look-up. Throws a PullpinError. */
async function checkFiles(settings: BumpCommandSettings, pinFiles: PinFiles, context: Context): Promise<void> {
  await checkOtherConfigs(settings, context);
  await checkCommitMessage(settings, pinFiles, context);
  await checkPlanFile(settings.machines.planFile, pinFiles, context);
}

/**
 * A run has one configuration, and the pins of another repository must not move by other rules than its own. Throws a UsageError. With --no-config, no
 * file holds anywhere.
 */
async function checkOtherConfigs({ operands, machines }: BumpCommandSettings, context: Context): Promise<void> {
  if (machines.isTyped('config')) return;
  const [other] = await otherConfigs(operands.words, context.folder);
  if (other !== undefined)
    throw new UsageError(
      `${printable(other, 200)} has other settings than this run: run pullpin in that repository, or add --no-config, so that no pullpin.toml is used`,
    );
}

/** Prints the line of each pin, where lines are wanted. */
function onPin({ output }: BumpCommandSettings, lines: PlanLines, context: Context) {
  if (output.format !== 'json-lines') return undefined;
  return (planned: PlannedPin) => writeOutput(jsonLine(lines.ofPin(planned)), undefined, context);
}

/** A lock is not what `bump` changes; its user should know which command does. */
function noteLocks({ locks = [] }: PinFiles, report: Report): void {
  const written = locks.filter((path) => path.endsWith('.json'));
  for (const path of written.slice(0, MOST_NAMED))
    report.note(`${path} stays as it is: pullpin lock --update moves its images`);
  if (written.length > MOST_NAMED) report.note(`${written.length - MOST_NAMED} more locks stay as they are`);
}

const MOST_NAMED = 3;

/** What pins are made and checked with, beside the registries. Throws a PullpinError. */
async function openMeans(settings: BumpCommandSettings, context: Context) {
  const { store, backend, registries, signatures, downloads } = settings;
  return {
    temporaryFolder: context.temporaryFolder,
    maxSpool: downloads.maxSpool,
    keep: await keptArchive(store, undefined, context),
    backend: await openBackend(backend, registries, context),
    checkSignature: await signatureCheck(signatures, context),
  };
}

/** The settings for each pin. */
function policyOf(settings: BumpCommandSettings) {
  const { digest, systems, assumeTag } = settings.bumping;
  const { addArch, unproven } = settings.special;
  const { tags, cooldown } = settings.versions;
  const { platform } = settings;
  // Only these formats have room for it.
  const details = ['json', 'json-lines', 'markdown'].includes(settings.output.format);
  return { details, digest, systems, addArch, unproven, assumeTag, tags, cooldown, platform, mode: modeOf(settings) };
}

/** Writes the plan, or the changes that the user chooses. A cancelled question ends the run as Ctrl-C does. */
async function finish(
  plan: BumpPlan,
  { choice, ...made }: { choice: ChosenFiles; lines: PlanLines; planText: (plan: BumpPlan) => string },
  settings: BumpCommandSettings,
  context: Context,
  report: Report,
): Promise<number> {
  const { pinFiles } = choice;
  const nothing = choice.nothing(plan.problems);
  noteLocks(pinFiles, report);
  const wanted = settings.bumping.isInteractive ? await askWhich(plan, pinFiles, context) : plan;
  const searched = { pinFiles, nothing, ...made };
  if (wanted) return bumpExitCode(await finishBump(wanted, searched, settings, context, report), settings);
  report.note('interrupted; nothing was written');
  return EXIT.interrupted;
}

/** A check that finds no pins is refused: in the wrong folder, it must not look like success. */
function nothingToCheck(
  { problems }: BumpPlan,
  choice: ChosenFiles,
  { operands, bumping }: BumpCommandSettings,
): UsageError | undefined {
  const nothing = choice.nothing(problems);
  if (!bumping.isCheck || bumping.since !== undefined || operands.isStdin || nothing === undefined) return undefined;
  return new UsageError(nothing);
}

/** Throws the error, and writes no file. A program gets its JSON all the same, which has no changes. */
async function refuse(
  error: UsageError,
  plan: BumpPlan,
  { output }: BumpCommandSettings,
  context: Context,
): Promise<never> {
  const nothing = { ...plan, changes: [], files: [] };
  if (output.format === 'json') await writeOutput(jsonText(planToJson(nothing)), undefined, context);
  if (output.format === 'json-lines') await writeLines(new PlanLines().atEnd(nothing), context);
  throw error;
}

/** To find outdated pins, pullpin downloads no image, unless it has to show the changes. */
function modeOf({ bumping, output }: BumpCommandSettings): BumpMode {
  if (bumping.correctsHashes) return 'hashes';
  return bumping.isCheck && output.format !== 'diff' ? 'digests' : 'all';
}
