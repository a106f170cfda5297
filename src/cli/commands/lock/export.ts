import { PullpinError, printable } from '../../../errors.js';
import { exportNpins, NEW_SOURCES, printSources } from '../../../lock/export/npins-sources.js';
import { openSources, writeSources } from '../../../lock/export/write-sources.js';
import { type LockPaths, openLock } from '../../../lock/lock-files.js';
import type { Context } from '../../terminal/context.js';
import { exitCodeOf } from '../../terminal/exit-code.js';
import { count } from '../../terminal/format.js';
import { checkOutput, writeOutput } from '../../terminal/output.js';
import { Report } from '../../terminal/report.js';
import type { LockCommandSettings } from './options.js';

/** Writes what is locked for npins: to stdout, or into a sources.json. Asks no registry. What npins cannot hold is reported. */
export async function exportImages(
  names: readonly string[],
  paths: LockPaths,
  settings: LockCommandSettings,
  context: Context,
): Promise<number> {
  const { output } = settings.export;
  await checkOutput(output, context);
  const { entries, lock } = await openLock(paths);
  const chosen = [...entries.values()].filter(({ name }) => names.length === 0 || names.includes(name));
  const opened = output === undefined ? undefined : await openSources(output, context.folder);
  const sources = opened?.sources ?? NEW_SOURCES;
  const { pins, problems, warnings } = exportNpins(chosen, lock, sources);
  if (!opened) await writeOutput(printSources(sources, pins), undefined, context);
  else if (pins.size > 0) await writeSources(opened, pins, context.signal);
  const report = new Report(context, settings.loudness);
  for (const { name, message } of warnings) report.warning(`${name}: ${message}`);
  for (const { name, error } of problems) report.failure(new PullpinError(`${printable(name)}: ${error.message}`));
  if (output !== undefined) report.note(`${count(pins.size, 'pin')} written into ${printable(output)}`);
  return exitCodeOf(problems.map(({ error }) => error));
}
