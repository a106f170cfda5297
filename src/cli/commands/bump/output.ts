import { resolve } from 'node:path';
import type { BumpPlan } from '../../../bump/bump-plan.js';
import type { PinChange } from '../../../bump/one-pin/pin-change.js';
import { planToCommitMessage } from '../../../bump/output/commit-message.js';
import { imageMoved, imageOf, systemsOf, versionsOf } from '../../../bump/output/image-moves.js';
import { planToMarkdown } from '../../../bump/output/markdown.js';
import { planToJson } from '../../../bump/output/plan-json.js';
import { PlanLines } from '../../../bump/output/plan-lines.js';
import { groupProblems, placesText } from '../../../bump/output/problem-groups.js';
import { tryToWrite } from '../../../bump/write-plan.js';
import { heavyWorkNext } from '../../../concurrency/heavy-work.js';
import { namedOnce, PullpinError, printable, UsageError } from '../../../errors.js';
import { showDiff } from '../../../files/show-diff.js';
import { unifiedDiff } from '../../../files/unified-diff.js';
import type { PinFiles } from '../../../list/pin-files.js';
import { shortDigest } from '../../../oci/digest.js';
import { formatPlatform } from '../../../oci/platform.js';
import { copiedText, type StoreSettings } from '../../options/store.js';
import type { Context } from '../../terminal/context.js';
import { count } from '../../terminal/format.js';
import { jsonText, writeLines } from '../../terminal/outcome.js';
import { checkOutput, writeOutput } from '../../terminal/output.js';
import type { Report } from '../../terminal/report.js';
import { hasColours } from '../../terminal/style.js';
import { formatTable, tableWidth } from '../../terminal/table.js';
import type { BumpCommandSettings, PlanFormat } from './options.js';

/** The files that were searched, and the line that says that they have no pin. */
interface SearchedFiles {
  readonly pinFiles: PinFiles;
  readonly nothing: string | undefined;
  /** Wrote the lines of pins, for --json-lines. */
  readonly lines?: PlanLines;
  /** Makes the text of a plan file. */
  readonly planText?: (plan: BumpPlan) => string;
}

/** Writes the files of a plan if wanted, shows the plan, reports problems, and returns the plan as it was carried out. */
export async function finishBump(
  plan: BumpPlan,
  { pinFiles, nothing, lines = new PlanLines(), planText: textOfPlan }: SearchedFiles,
  wanted: BumpCommandSettings,
  context: Context,
  report: Report,
): Promise<BumpPlan> {
  const { planFile } = wanted.machines;
  const isWritten =
    !wanted.bumping.isDryRun && !wanted.bumping.isCheck && !wanted.operands.isStdin && planFile === undefined;
  if (planFile !== undefined && textOfPlan) await writeOutput(textOfPlan(plan), planFile, context, '--plan');
  const done = isWritten ? await writeChanges(plan, pinFiles, wanted, context, report) : plan;
  const { format } = wanted.output;
  if (format === 'json-lines') await writeLines(lines.atEnd(done), context);
  else await writeOutput(await planText(done, pinFiles, { ...wanted, format }, context), undefined, context);
  if (isWritten && done.changes.length > 0) await writeCommitMessage(done, wanted, context);
  reportProblems(done, report);
  if (wanted.store.isWanted) reportStore(done, wanted.store, report);
  const isChanged = isWritten || (wanted.operands.isStdin && !wanted.bumping.isCheck);
  if (!wanted.output.format.startsWith('json')) report.note(nothing ?? summary(done, isChanged));
  return done;
}

async function writeChanges(
  plan: BumpPlan,
  pinFiles: PinFiles,
  wanted: BumpCommandSettings,
  { signal }: Context,
  report: Report,
): Promise<BumpPlan> {
  const done = await tryToWrite(plan, pinFiles, { signal, keepGoing: wanted.special.keepGoing });
  for (const path of done.separated) report.warning(`${path} had other names (hard links), which keep the old text`);
  return done;
}

async function planText(
  plan: BumpPlan,
  { files }: PinFiles,
  { format, operands, bumping }: BumpCommandSettings & { readonly format: Exclude<PlanFormat, 'json-lines'> },
  context: Context,
): Promise<string> {
  switch (format) {
    case 'json':
      return jsonText(planToJson(plan));
    case 'diff':
      return diffOf(plan, context);
    case 'markdown':
      return planToMarkdown(plan);
    case 'commit-message':
      return planToCommitMessage(plan);
    case 'table':
      if (operands.isStdin && !bumping.isCheck) return plan.files[0]?.after ?? files[0]?.text ?? '';
      return formatTable(plan.changes.map(row), tableWidth(context.stdout), 1);
  }
}

async function diffOf({ files }: BumpPlan, context: Context): Promise<string> {
  const diff = await heavyWorkNext(context.signal, () =>
    files.map(({ path, before, after }) => unifiedDiff(path, before, after)).join(''),
  );
  // A program needs the exact bytes. A person sees a terminal, and no character may control it.
  return context.stdout.isTTY || hasColours(context.stdout, context)
    ? showDiff(diff, { colour: hasColours(context.stdout, context) })
    : diff;
}

function row(change: PinChange): string[] {
  const { pin, from, to } = change;
  const systems = systemsOf(change);
  if (systems !== '') return [`${pin.file}:${pin.line}`, imageOf(pin), systems, ''].map((cell) => printable(cell));
  const what =
    from.digest === to.digest
      ? from.tag === to.tag
        ? 'hash'
        : 'tag'
      : `${shortDigest(from.digest)} → ${shortDigest(to.digest)}`;
  return [`${pin.file}:${pin.line}`, imageMoved(change), what, versionsOf(from, to)].map((cell) => printable(cell));
}

/** Finds out before any look-up whether the commit message can be written, and whether its file is one that has pins. Throws a PullpinError. */
export async function checkCommitMessage(
  { output: { commitMessageFile: file } }: BumpCommandSettings,
  { files }: PinFiles,
  context: Context,
): Promise<void> {
  if (file === undefined) return;
  const path = resolve(context.folder, file);
  if (files.some((each) => resolve(context.folder, each.path) === path) || MAY_HAVE_PINS.test(file))
    throw new UsageError(
      `--commit-message ${printable(file, 200)} would replace a file that may have pins: write --commit-message FILE in front of it`,
    );
  await checkOutput(file, context, '--commit-message');
}

const MAY_HAVE_PINS = /\.(?:nix|json|ya?ml|toml|lock)$/;

async function writeCommitMessage(
  plan: BumpPlan,
  { output: { commitMessageFile: file } }: BumpCommandSettings,
  context: Context,
): Promise<void> {
  if (file === undefined) return;
  await writeOutput(planToCommitMessage(plan), file, context, '--commit-message');
}

function reportProblems({ problems, changes }: BumpPlan, report: Report): void {
  for (const group of groupProblems(problems)) {
    const { places, severity, code, error } = group;
    // The failure of its pin names the directive and says the same.
    if (code === 'malformed-directive' && severity === 'notice') continue;
    const line =
      code === 'write' ? group.message : `${placesText(places)}: ${namedOnce(group.imageName, group.message)}`;
    if (severity === 'notice') report.warning(line);
    else report.failure(new PullpinError(line, { cause: error instanceof Error ? error.cause : undefined }));
  }
  for (const [platform, places] of assumedPlatforms(changes)) {
    report.warning(
      `${count(places.length, 'pin')} without arch taken for ${platform} (see --platform): ${placesText(places)}`,
    );
  }
}

/** Reports which of the new pins are in the Nix store, and which cannot be added. */
function reportStore({ changes }: BumpPlan, { copyTo }: StoreSettings, report: Report): void {
  const hashed = changes.filter(({ to }) => to.hash !== undefined);
  const paths = new Set(hashed.flatMap(({ storePath }) => storePath ?? []));
  const missing = hashed.filter(({ storePath }) => storePath === undefined).map(({ pin }) => `${pin.file}:${pin.line}`);
  if (paths.size > 0) report.note(`${count(paths.size, 'image')} added to the Nix store${copiedText(copyTo)}`);
  if (missing.length > 0)
    report.warning(
      `${placesText(missing)}: not added to the Nix store, because nix2container fetches a folder, which pullpin does not write`,
    );
}

function assumedPlatforms(changes: readonly PinChange[]): Map<string, string[]> {
  const places = new Map<string, string[]>();
  for (const { pin, platformAssumed } of changes) {
    if (!platformAssumed) continue;
    const platform = formatPlatform(platformAssumed);
    places.set(platform, [...(places.get(platform) ?? []), `${pin.file}:${pin.line}`]);
  }
  return places;
}

/** @param isChanged whether the new text is in the files or on stdout */
function summary({ changes, files, counts, problems }: BumpPlan, isChanged: boolean): string {
  const failures = problems.filter(({ severity, code }) => severity === 'failure' && code !== 'unfollowable').length;
  const parts = [
    `${count(changes.length, 'pin')} ${isChanged ? 'changed' : 'outdated'}${files.length > 0 ? ` in ${count(files.length, 'file')}` : ''}`,
    `${counts.current} up to date`,
    ...(counts.frozen > 0 ? [`${counts.frozen} frozen`] : []),
    ...(counts.untracked > 0 ? [`${counts.untracked} untracked`] : []),
    ...(counts.unfollowable > 0 ? [`${counts.unfollowable} cannot be followed`] : []),
    ...(failures > 0 ? [`${failures} failed`] : []),
  ];
  return parts.join(', ');
}
