import { openCache } from '../../../cache/open-cache.js';
import { heavyWorkNext } from '../../../concurrency/heavy-work.js';
import { PullpinError, UsageError } from '../../../errors.js';
import { listPins, type PinList, type ProvenPin } from '../../../list/list-pins.js';
import { isUnpinned, type ListedPin, type PinState } from '../../../list/listed-pin.js';
import { shortDigest } from '../../../oci/digest.js';
import { type ChosenFiles, chooseFiles } from '../../selection/chosen-pins.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { count } from '../../terminal/format.js';
import { jsonText, writeLines } from '../../terminal/outcome.js';
import { writeOutput } from '../../terminal/output.js';
import { Report } from '../../terminal/report.js';
import { formatTable, tableWidth } from '../../terminal/table.js';
import { listLines } from './lines.js';
import type { ListSettings } from './options.js';

export async function runList(settings: ListSettings, context: Context): Promise<number> {
  const { operands, chosen, format, loudness, listing } = settings;
  if (listing.isOutdated) {
    const { runOutdated } = await import('./outdated.js');
    return runOutdated(settings, context);
  }
  checkOffline(settings);
  const choice = await chooseFiles(operands, chosen, context, { withUnpinned: listing.isUnpinned });
  const list = await heavyWorkNext(context.signal, () =>
    listPins(choice.pinFiles, {
      isWanted: (pin) => choice.isWanted(pin) && (!listing.isUnpinned || isUnpinned(pin)),
      isWantedFile: (path) => choice.isWantedFile(path),
      cache: openCache(context),
    }),
  );
  const unused = choice.unused(list.problems);
  const isText = format === 'text';
  if (unused && isText) throw unused;
  const report = new Report(context, loudness);
  if (isText) reportProblems(list, report);
  const shown = unused ? { ...list, pins: [] } : list;
  if (format === 'json-lines') await writeLines(listLines(shown), context);
  else
    await writeOutput(
      await heavyWorkNext(context.signal, () =>
        isText ? pinTable(list, tableWidth(context.stdout)) : jsonText({ version: 1, ...shown }),
      ),
      undefined,
      context,
    );
  // A script gets its JSON, also of no pins.
  if (unused) throw unused;
  if (isText) reportCounts(list, settings, choice, report);
  return list.problems.some(({ code }) => code === 'unreadable') ? EXIT.failure : EXIT.done;
}

/** A file that cannot be read may hold pins, so the list may not be complete. */
function reportProblems({ problems }: PinList, report: Report): void {
  for (const { file, line, code, message } of problems) {
    const text = `${file}:${line}: ${message}`;
    if (code === 'unreadable') report.failure(new PullpinError(text));
    else report.warning(text);
  }
}

function reportCounts(
  { pins, problems }: PinList,
  { listing }: ListSettings,
  choice: ChosenFiles,
  report: Report,
): void {
  const lost = problems.filter(({ code }) => code === 'unfollowable').length;
  const { length } = choice.pinFiles.files;
  const nothing = listing.isUnpinned
    ? `no image without a digest was found; pullpin looked at ${count(length, 'file')}`
    : choice.nothing(problems);
  if (pins.length === 0 && nothing !== undefined) report.note(nothing);
  if (lost > 0) report.note(`${count(lost, 'pin')} cannot be followed`);
}

/** Throws a UsageError for options that only a run with registries uses. */
function checkOffline({ versions, registries }: ListSettings): void {
  if (versions.isCooldownTyped) throw new UsageError('--cooldown holds new images back, and goes with --outdated');
  if (versions.isTyped) throw new UsageError('--tags chooses newer tags, and goes with --outdated');
  if (registries.readsCredentials) throw new UsageError('--creds-stdin goes with --outdated, which asks registries');
}

function pinTable({ pins }: PinList, width: number): string {
  return pins.length === 0 ? '' : `${formatTable(pins.map(row), width, 1)}${summary(pins)}\n`;
}

/** `11 pins: 7 tracked, 3 incomplete, 1 untracked`. A pin with a table of systems has a line for each, and counts once. */
function summary(pins: readonly ListedPin[]): string {
  const statesOf = new Map<string, PinState[]>();
  for (const { file, line, column, state } of pins) {
    const place = `${file}:${line}:${column}`;
    statesOf.set(place, [...(statesOf.get(place) ?? []), state]);
  }
  // A pin with several lines counts as tracked only when all its lines are.
  const states = [...statesOf.values()].map((each) => each.find((state) => state !== 'tracked') ?? 'tracked');
  const counts = [...new Set(states)].map((state) => [state, states.filter((each) => each === state).length] as const);
  const sorted = counts.toSorted(([, one], [, other]) => other - one).map(([state, count]) => `${count} ${state}`);
  return `${count(states.length, 'pin')}${sorted.length > 0 ? `: ${sorted.join(', ')}` : ''}`;
}

/** `0123456789ab index`: what it is of, where an earlier run has seen that. */
function digestText({ imageDigest, digestKind }: ProvenPin): string {
  if (imageDigest === '') return '-';
  return digestKind === null ? shortDigest(imageDigest) : `${shortDigest(imageDigest)} ${digestKind}`;
}

/** `7.4 (finalImageTag)`, and behind it the rule for that tag. */
function followText({ follows, followedBy, rule }: ListedPin): string {
  const tag = follows === null ? [] : [`${follows} (${followedBy})`];
  return [...tag, ...(rule === null ? [] : [rule])].join(', ') || '-';
}

function row(pin: ProvenPin): string[] {
  const { file, line, imageName, systems, hashAttr, hashFormat, state, proven } = pin;
  return [
    `${file}:${line}`,
    systems === null ? imageName : `${imageName} (${systems.join(', ')})`,
    followText(pin),
    digestText(pin),
    hashAttr === null ? '-' : `${hashAttr} ${hashFormat ?? ''}`.trim(),
    proven === null ? state : `${state}, proven`,
  ];
}
