import { PullpinError, printable } from '../errors.js';
import type { BumpPlan, Change } from '../library/pins.js';
import type { Context } from './context.js';
import { EXIT, exitCodeOf } from './exit-code.js';
import { formatTable } from './format.js';
import { jsonText } from './outcome.js';
import { writeOutput } from './output.js';
import type { PinFiles } from './pin-files.js';
import type { Report } from './report.js';
import { hasColours } from './style.js';

/** What the user wants to see of a plan, and whether it is to be carried out. */
export interface BumpOutput {
  readonly 'dry-run': boolean | undefined;
  readonly check: boolean | undefined;
  readonly 'keep-going': boolean | undefined;
  readonly json: boolean | undefined;
  readonly diff: boolean | undefined;
  readonly markdown: boolean | undefined;
  readonly 'commit-message': string | undefined;
}

/** Writes the files of a plan unless that is not wanted, shows the plan, tells what is wrong, and returns the exit code. */
export async function writePlan(
  plan: BumpPlan,
  pinFiles: PinFiles,
  wanted: BumpOutput,
  context: Context,
  report: Report,
): Promise<number> {
  const isWritten = !wanted['dry-run'] && !wanted.check && !pinFiles.isStdin;
  const failed = isWritten ? await writeChanges(plan, pinFiles, wanted, context, report) : [];
  const isDone = failed.length === 0 || wanted['keep-going'];
  if (isDone) await writeOutput(await textOf(plan, pinFiles, wanted, context), undefined, context);
  if (isDone && plan.changes.length > 0) await writeCommitMessage(plan, wanted, context);
  tellProblems(plan, report);
  for (const error of failed) report.failure(error);
  if (isDone && !wanted.json) report.note(summary(plan, isWritten));
  return exitCode(plan, failed, wanted);
}

async function writeChanges(
  { files }: BumpPlan,
  { roots }: PinFiles,
  wanted: BumpOutput,
  { folder, signal }: Context,
  report: Report,
): Promise<readonly PullpinError[]> {
  const { writeFiles } = await import('../library/pins.js');
  const { failed, separated } = await writeFiles(files, { folder, roots, signal, keepGoing: wanted['keep-going'] });
  for (const path of separated) report.warning(`${path} had other names (hard links), which keep the old text`);
  return failed;
}

async function textOf(
  plan: BumpPlan,
  { files, isStdin }: PinFiles,
  wanted: BumpOutput,
  context: Context,
): Promise<string> {
  const { commitMessage, markdown, planToJson } = await import('../library/pins.js');
  if (wanted.json) return jsonText(planToJson(plan));
  if (wanted.diff) return diffOf(plan, context);
  if (wanted.markdown) return markdown(plan);
  if (wanted['commit-message'] === '-') return commitMessage(plan);
  if (isStdin && !wanted.check) return plan.files[0]?.after ?? files[0]?.text ?? '';
  return formatTable(plan.changes.map(row));
}

async function diffOf({ files }: BumpPlan, context: Context): Promise<string> {
  const { showDiff, unifiedDiff } = await import('../library/pins.js');
  const diff = files.map(({ path, before, after }) => unifiedDiff(path, before, after)).join('');
  // What a program reads must be exact; what a person reads must not act on the terminal.
  return context.stdout.isTTY || hasColours(context.stdout, context)
    ? showDiff(diff, { colour: hasColours(context.stdout, context) })
    : diff;
}

function row({ site, follows, from, to }: Change): string[] {
  const short = (digest: string): string => digest.slice('sha256:'.length, 19) || 'none';
  const image = `${site.imageName.text}${follows ? `:${follows.tag}` : ''}`;
  const hasNewVersion = from.version !== undefined && to.version !== undefined && from.version !== to.version;
  const what = from.digest === to.digest ? 'hash' : `${short(from.digest)} → ${short(to.digest)}`;
  return [`${site.file}:${site.line}`, image, what, hasNewVersion ? `${from.version} → ${to.version}` : ''].map(
    (cell) => printable(cell),
  );
}

async function writeCommitMessage(
  plan: BumpPlan,
  { 'commit-message': file }: BumpOutput,
  context: Context,
): Promise<void> {
  if (file === undefined || file === '-') return;
  const { commitMessage } = await import('../library/pins.js');
  await writeOutput(commitMessage(plan), file, context);
}

function tellProblems({ problems, changes }: BumpPlan, report: Report): void {
  for (const { file, line, message, severity, imageName, error } of problems) {
    const where = `${file}:${line}${imageName === undefined ? '' : `: ${imageName}`}`;
    if (severity === 'notice') report.warning(`${where}: ${message}`);
    else report.failure(new PullpinError(message, { cause: error instanceof Error ? error.cause : undefined }), where);
  }
  const assumed = changes.filter(({ platformAssumed }) => platformAssumed);
  const [first] = assumed;
  if (!first?.platformAssumed) return;
  const { os, architecture } = first.platformAssumed;
  const places = assumed.map(({ site }) => `${site.file}:${site.line}`).join(', ');
  report.warning(
    `${count(assumed.length, 'pin')} without arch taken for ${os}/${architecture} (see --platform): ${places}`,
  );
}

function summary({ changes, files, counts, problems }: BumpPlan, isWritten: boolean): string {
  const failures = problems.filter(({ severity }) => severity === 'failure').length;
  const parts = [
    `${count(changes.length, 'pin')} ${isWritten ? 'changed' : 'outdated'}${files.length > 0 ? ` in ${count(files.length, 'file')}` : ''}`,
    `${counts.current} up to date`,
    ...(counts.frozen > 0 ? [`${counts.frozen} frozen`] : []),
    ...(counts.untracked > 0 ? [`${counts.untracked} untracked`] : []),
    ...(failures > 0 ? [`${failures} failed`] : []),
  ];
  return parts.join(', ');
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** A failure beats an outdated pin: what could not be looked at may be outdated, too. */
function exitCode({ changes, problems }: BumpPlan, failed: readonly PullpinError[], { check }: BumpOutput): number {
  const failures = problems.flatMap(({ severity, error, message }) =>
    severity === 'failure' ? [error ?? new PullpinError(message)] : [],
  );
  const code = exitCodeOf([...failures, ...failed]);
  if (code !== EXIT.done) return code;
  return check && changes.length > 0 ? EXIT.changesNeeded : EXIT.done;
}
