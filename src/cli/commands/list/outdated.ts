import { findAges, type PinAge, type PinAges } from '../../../bump/outdated.js';
import { groupProblems, placesText } from '../../../bump/output/problem-groups.js';
import { PullpinError, printable } from '../../../errors.js';
import { checkOneStdin } from '../../options/registries.js';
import { openRunCache } from '../../resources/cache.js';
import { openRegistries } from '../../resources/registries.js';
import { chooseFiles } from '../../selection/chosen-pins.js';
import type { Context } from '../../terminal/context.js';
import { exitCodeOf } from '../../terminal/exit-code.js';
import { count } from '../../terminal/format.js';
import { jsonText, writeLines } from '../../terminal/outcome.js';
import { writeOutput } from '../../terminal/output.js';
import { Report } from '../../terminal/report.js';
import { formatTable, tableWidth } from '../../terminal/table.js';
import { listLines } from './lines.js';
import type { ListSettings } from './options.js';

/** Lists the pins that are not the newest. The exit code is that of the look-ups that failed. */
export async function runOutdated(settings: ListSettings, context: Context): Promise<number> {
  const { operands, chosen, loudness, format } = settings;
  const isText = format === 'text';
  checkOneStdin(operands.isStdin, settings.registries);
  const report = new Report(context, loudness);
  const choice = await chooseFiles(operands, chosen, context);
  const cache = openRunCache(settings.cache, context, report);
  const registries = await openRegistries(settings.registries, { registries: [], cache, report }, context);
  try {
    const found = await findAges(choice.pinFiles, {
      isWanted: (pin) => choice.isWanted(pin),
      isWantedFile: (path) => choice.isWantedFile(path),
      temporaryFolder: context.temporaryFolder,
      platform: settings.platform,
      tags: settings.versions.tags,
      cooldown: settings.versions.cooldown,
      cache,
      registries,
    });
    context.signal.throwIfAborted();
    const unused = choice.unused(found.problems);
    if (unused && isText) throw unused;
    const old = found.ages.filter(isOutdated);
    if (format === 'json-lines') await writeLines(listLines(toJson(found)), context);
    else {
      const text = isText ? agesTable(old, tableWidth(context.stdout)) : jsonText({ version: 1, ...toJson(found) });
      await writeOutput(text, undefined, context);
    }
    if (unused) throw unused;
    reportProblems(found, report);
    const nothing = choice.nothing(found.problems);
    if (isText && nothing !== undefined) report.note(nothing);
    else if (isText) report.note(`${count(old.length, 'pin')} outdated, ${found.ages.length - old.length} up to date`);
    return exitCodeOf(failuresOf(found));
  } finally {
    await registries.close();
  }
}

function isOutdated({ current, wanted, newest, hasOtherDigest }: PinAge): boolean {
  const now = current ?? wanted;
  return hasOtherDigest || wanted !== now || (newest !== null && newest !== now);
}

const HEADING = ['pin', 'image', 'current', 'wanted', 'newest'];

function agesTable(ages: readonly PinAge[], width: number): string {
  const rows = ages.map(({ pin, current, wanted, newest, hasOtherDigest }) => {
    const isSame = wanted === current && hasOtherDigest;
    const target = `${wanted ?? '-'}${isSame ? ' (new digest)' : ''}`;
    return [`${pin.file}:${pin.line}`, pin.imageName, current ?? '-', target, newest ?? '-'].map((cell) =>
      printable(cell),
    );
  });
  return rows.length === 0 ? '' : formatTable([HEADING, ...rows], width);
}

/** The documented JSON of `pullpin list --outdated --json`: all pins, also those that are up to date. */
function toJson({ ages, problems }: PinAges) {
  return {
    pins: ages.map((age) => {
      const { pin, current, wanted, newest, hasOtherDigest } = age;
      return { ...pin, current, wanted, newest, hasOtherDigest, isOutdated: isOutdated(age) };
    }),
    problems: problems.map(({ error: _, imageName, imageDigest, ...problem }) => ({
      ...problem,
      imageName: imageName ?? null,
      imageDigest: imageDigest ?? null,
    })),
  };
}

function reportProblems({ problems }: PinAges, report: Report): void {
  for (const { places, message, severity, imageName, error } of groupProblems(problems)) {
    const where = `${placesText(places)}${imageName === undefined ? '' : `: ${imageName}`}`;
    if (severity === 'notice') report.warning(`${where}: ${message}`);
    else report.failure(new PullpinError(message, { cause: error instanceof Error ? error.cause : undefined }), where);
  }
}

function failuresOf({ problems }: PinAges): unknown[] {
  return problems.flatMap(({ severity, error, message }) =>
    severity === 'failure' ? [error ?? new PullpinError(message)] : [],
  );
}
