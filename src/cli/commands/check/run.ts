import { realpath } from 'node:fs/promises';
import packageJson from '../../../../package.json' with { type: 'json' };
import { type CheckReport, checkPins } from '../../../check/check.js';
import { type Finding, isFindingCode } from '../../../check/finding.js';
import { FINDINGS, type FindingCode } from '../../../check/findings.js';
import { type Fixed, fixFindings } from '../../../check/fix.js';
import { toAnnotations } from '../../../check/output/annotations.js';
import type { ReportPaths } from '../../../check/output/file-uri.js';
import { checkToJson } from '../../../check/output/report-json.js';
import { toSarif } from '../../../check/output/sarif.js';
import { printable, UsageError } from '../../../errors.js';
import { repositoryAround } from '../../../files/roots.js';
import { didYouMean } from '../../../suggestion.js';
import { onePlatform } from '../../options/platforms.js';
import { createPinsProgress } from '../../progress/progress.js';
import { openRunCache } from '../../resources/cache.js';
import { openRegistries } from '../../resources/registries.js';
import { type ChosenFiles, chooseFiles } from '../../selection/chosen-pins.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { count } from '../../terminal/format.js';
import { jsonText } from '../../terminal/outcome.js';
import { writeOutput } from '../../terminal/output.js';
import { Report } from '../../terminal/report.js';
import type { CheckCommandSettings } from './options.js';

export async function runCheck(settings: CheckCommandSettings, context: Context): Promise<number> {
  checkTogether(settings);
  const ignored = settings.checking.ignored.map(knownCode);
  const { operands, checking, chosen, loudness, output } = settings;
  const choice = await chooseFiles(operands, chosen, context);
  const checked = await check(settings, ignored, choice, context);
  choice.checkUse(checked.findings);
  if (checked.pins === 0 && checked.findings.length === 0 && !operands.isStdin) refuseNothing(choice);
  const report = new Report(context, loudness);
  const nothing: Fixed = { fixed: [], left: checked.findings, files: [], separated: [] };
  const done = checking.fixes ? await fixFindings(checked.findings, choice.pinFiles, context.signal) : nothing;
  for (const path of done.separated) report.warning(`${path} had other names (hard links), which keep the old text`);
  await writeOutput(await textOf(checked, done, settings, context), undefined, context);
  if (output.format === 'text') report.note(summary(checked, done));
  return exitCode(done.left);
}

async function check(
  settings: CheckCommandSettings,
  ignored: readonly FindingCode[],
  choice: ChosenFiles,
  context: Context,
): Promise<CheckReport> {
  const { checking, loudness, downloads, platforms } = settings;
  const progress = createPinsProgress(context, loudness === 'normal');
  const report = new Report(context, loudness, () => progress.clear());
  const cache = openRunCache(settings.cache, context, report);
  const run = { registries: [], cache, report, onEvent: progress.onEvent };
  const registries = await openRegistries(settings.registries, run, context);
  try {
    const checked = await checkPins(choice.pinFiles, {
      isWanted: (pin) => choice.isWanted(pin),
      isWantedFile: (path) => choice.isWantedFile(path),
      ...checking,
      ignored: new Set(ignored),
      platform: onePlatform(platforms, 'check'),
      temporaryFolder: context.temporaryFolder,
      maxSpool: downloads.maxSpool,
      cache,
      registries,
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

/** Throws a UsageError. */
function knownCode(text: string): FindingCode {
  if (isFindingCode(text)) return text;
  const hint = didYouMean(text, Object.keys(FINDINGS)) || '; docs/check.md lists them';
  throw new UsageError(`--ignore: there is no finding '${printable(text, 100)}'${hint}`);
}

/** Throws a UsageError. */
function checkTogether({ operands, checking, registries }: CheckCommandSettings): void {
  if (!operands.isStdin) return;
  if (checking.fixes) throw new UsageError('--fix writes files, and does not go with -');
  if (registries.readsCredentials) throw new UsageError('- and --creds-stdin cannot both read stdin');
}

/** In the wrong folder, a check must not look like success. */
function refuseNothing({ pinFiles }: ChosenFiles): never {
  throw new UsageError(
    `no pin was found to check; pullpin looked at ${count(pinFiles.files.length, 'Nix or JSON file')}`,
  );
}

async function textOf(
  checked: CheckReport,
  done: Fixed,
  { output }: CheckCommandSettings,
  context: Context,
): Promise<string> {
  switch (output.format) {
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
  const image = imageName === undefined ? '' : `${imageName}: `;
  const first = `${file}:${line}:${column}: ${isFixed ? 'fixed' : level}: ${image}${message} [${code}]`;
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
