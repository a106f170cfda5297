import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import packageJson from '../../../../package.json' with { type: 'json' };
import { tagRefusals } from '../../../bump/tag-moves.js';
import { type CheckedPinEvent, type CheckReport, checkPins } from '../../../check/check.js';
import { checkIgnored, type Finding } from '../../../check/findings/finding.js';
import type { FindingCode } from '../../../check/findings/findings.js';
import { type Fixed, fixFindings } from '../../../check/fix.js';
import type { LockedPins } from '../../../check/locks/locked-pins.js';
import { toAnnotations } from '../../../check/output/annotations.js';
import type { ReportPaths } from '../../../check/output/file-uri.js';
import { checkedPinToLine, checkLines, checkToJson } from '../../../check/output/report-json.js';
import { toSarif } from '../../../check/output/sarif.js';
import { namedOnce, printable, UsageError } from '../../../errors.js';
import { repositoryAround } from '../../../files/roots.js';
import type { PinFiles } from '../../../list/pin-files.js';
import { checkOneStdin } from '../../options/registries.js';
import { createPinsProgress } from '../../progress/progress.js';
import { openRegistries } from '../../resources/registries.js';
import { openSharingCache } from '../../resources/shared-cache.js';
import { signatureCheck } from '../../resources/signatures.js';
import { type ChosenFiles, chooseFiles } from '../../selection/chosen-pins.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { count } from '../../terminal/format.js';
import { jsonLine, jsonText, writeLines } from '../../terminal/outcome.js';
import { writeOutput } from '../../terminal/output.js';
import { Report } from '../../terminal/report.js';
import { withLocks } from './lock-words.js';
import type { CheckCommandSettings, FindingsFormat } from './options.js';
import { checkPageFile } from './page-file.js';

export async function runCheck(settings: CheckCommandSettings, context: Context): Promise<number> {
  checkTogether(settings);
  await checkPageFile(settings.output.page, context);
  const ignored = settings.checking.ignored.map(checkIgnored);
  const { operands, checking, chosen, loudness, output } = settings;
  const words = await withLocks(operands.words, context.folder);
  const choice = await chooseFiles({ ...operands, words }, chosen, context, { mayNameLocks: true });
  const checked = await check(settings, ignored, choice, context);
  const refusal = choice.unused(checked.findings) ?? nothingFound(choice, checked, operands.isStdin);
  if (refusal) return refuse(refusal, checked, settings, context);
  const report = new Report(context, loudness);
  const nothing: Fixed = { fixed: [], left: checked.findings, files: [], separated: [] };
  const done = checking.fixes ? await fixFindings(checked.findings, choice.pinFiles, context.signal) : nothing;
  for (const path of done.separated) report.warning(`${path} had other names (hard links), which keep the old text`);
  await print(checked, done, settings, context);
  if (output.page !== undefined) await writePage(output.page, checked, done, context);
  if (output.format === 'text') report.note(summary(checked, done));
  return exitCode(done.left);
}

async function check(
  settings: CheckCommandSettings,
  ignored: readonly FindingCode[],
  choice: ChosenFiles,
  context: Context,
): Promise<CheckReport> {
  const { checking, loudness, downloads, output, platform } = settings;
  const progress = createPinsProgress(context, loudness === 'normal');
  const report = new Report(context, loudness, () => progress.clear());
  const cache = await openSharingCache(settings, context, report);
  const checkSignature = await signatureCheck(settings.signatures, context);
  const run = { registries: [], cache, report, onEvent: progress.onEvent };
  const locked = await openLocked(choice.pinFiles);
  const registries = await openRegistries(settings.registries, run, context);
  try {
    const checked = await checkPins(choice.pinFiles, {
      isWanted: (pin) => choice.isWanted(pin),
      isWantedFile: (path) => choice.isWantedFile(path),
      ...checking,
      ignored: new Set(ignored),
      looksAtImages: output.page !== undefined,
      locked,
      tagRefusals: tagRefusals(choice.pinFiles),
      platform,
      temporaryFolder: context.temporaryFolder,
      maxSpool: downloads.maxSpool,
      cache,
      registries,
      checkSignature,
      onPin: output.format === 'json-lines' ? printPin(context) : undefined,
      onProgress: progress.onProgress,
      onDownload: progress.onDownload,
    });
    context.signal.throwIfAborted();
    return checked;
  } finally {
    progress.stop();
    await registries.close();
  }
}

function printPin(context: Context) {
  return (checked: CheckedPinEvent) => writeOutput(jsonLine(checkedPinToLine(checked)), undefined, context);
}

async function openLocked(pinFiles: PinFiles): Promise<LockedPins | undefined> {
  if ((pinFiles.locks ?? []).length === 0) return undefined;
  const { openLockedPins } = await import('../../../check/locks/locked-pins.js');
  return openLockedPins(pinFiles);
}

/** Throws an OutputError. */
async function writePage(file: string, report: CheckReport, { fixed }: Fixed, context: Context): Promise<void> {
  const { toPage } = await import('../../check-page/page.js');
  const folder = basename(context.folder);
  const text = toPage({ report, fixed, folder, now: Date.now(), version: packageJson.version });
  await writeOutput(text, file, context, '--html');
}

/** Throws a UsageError. */
function checkTogether({ operands, checking, registries }: CheckCommandSettings): void {
  if (operands.isStdin && checking.fixes) throw new UsageError('--fix writes files, and does not go with -');
  checkOneStdin(operands.isStdin, registries);
}

/** In the wrong folder, a check must not look like success. */
function nothingFound(choice: ChosenFiles, { findings }: CheckReport, isStdin: boolean): UsageError | undefined {
  const nothing = isStdin ? undefined : choice.nothing(findings);
  return nothing === undefined ? undefined : new UsageError(nothing);
}

/** Throws the error, after a program has got what it can read: a report of no pins. */
async function refuse(
  error: UsageError,
  checked: CheckReport,
  settings: CheckCommandSettings,
  context: Context,
): Promise<never> {
  const isForPrograms = ['json', 'json-lines', 'sarif'].includes(settings.output.format);
  const nothing: Fixed = { fixed: [], left: checked.findings, files: [], separated: [] };
  if (isForPrograms) await print(checked, nothing, settings, context);
  throw error;
}

async function print(
  checked: CheckReport,
  done: Fixed,
  { output }: CheckCommandSettings,
  context: Context,
): Promise<void> {
  if (output.format === 'json-lines') await writeLines(checkLines(checked, done.fixed), context);
  else await writeOutput(await textOf(checked, done, output.format, context), undefined, context);
}

async function textOf(
  checked: CheckReport,
  done: Fixed,
  format: Exclude<FindingsFormat, 'json-lines'>,
  context: Context,
): Promise<string> {
  switch (format) {
    case 'json':
      return jsonText(checkToJson(checked, done.fixed));
    case 'sarif':
      return jsonText(toSarif(done.left, await reportPaths(context), packageJson.version));
    case 'github':
      return toAnnotations(done.left, await reportPaths(context));
    case 'text':
      return [
        ...done.fixed.map((each) => describe(each, true)),
        ...done.left.map((each) => describe(each, false)),
      ].join('');
  }
}

/** Code hosts know files by their paths from the top of the repository, wherever pullpin runs in it. */
async function reportPaths({ folder }: Context): Promise<ReportPaths> {
  const real = await realpath(folder);
  return { folder: real, top: (await repositoryAround(real)) ?? real };
}

function describe({ file, line, column, level, code, message, fix, imageName }: Finding, isFixed: boolean): string {
  const first = `${file}:${line}:${column}: ${isFixed ? 'fixed' : level}: ${namedOnce(imageName, message)} [${code}]`;
  return [first, ...(fix === undefined || isFixed ? [] : [`  ${fix}`])]
    .map((text) => `${printable(text, 2000)}\n`)
    .join('');
}

function summary({ pins }: CheckReport, { fixed, left }: Fixed): string {
  const ofLevel = (level: Finding['level']): number => left.filter((finding) => finding.level === level).length;
  const [errors, warnings, notes] = [ofLevel('error'), ofLevel('warning'), ofLevel('note')];
  return [
    `${count(pins, 'pin')} checked`,
    ...(fixed.length > 0 ? [`${fixed.length} fixed`] : []),
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
    ...(notes > 0 ? [count(notes, 'note')] : []),
    ...(left.length === 0 ? ['nothing found'] : []),
  ].join(', ');
}

/** An error wins over a warning: a pin that is dead, or of which nothing is known, may be outdated as well. */
function exitCode(left: readonly Finding[]): number {
  if (left.some(({ level }) => level === 'error')) return EXIT.failure;
  return left.some(({ level }) => level === 'warning') ? EXIT.changesNeeded : EXIT.done;
}
