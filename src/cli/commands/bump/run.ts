import type { BumpMode } from '../../../bump/one-pin/site-settings.js';
import { planBump } from '../../../bump/plan.js';
import { UsageError } from '../../../errors.js';
import { onePlatform } from '../../options/platforms.js';
import { openRunCache } from '../../resources/cache.js';
import { readPinFiles } from '../../resources/pin-files.js';
import { createPinsProgress } from '../../resources/progress.js';
import { openRegistries } from '../../resources/registries.js';
import { wantedPins } from '../../resources/wanted-pins.js';
import type { Context } from '../../terminal/context.js';
import { Report } from '../../terminal/report.js';
import { asFilter } from './filter.js';
import { type BumpSettings, nameOption } from './options.js';
import { finishBump } from './output.js';
import { filesSince } from './since.js';

export function runBump(settings: BumpSettings, context: Context): Promise<number> {
  const isFilter = settings.operands.includes('-') && !settings.bumping.isCheck;
  return isFilter ? asFilter(context, (inner) => bump(settings, inner)) : bump(settings, context);
}

async function bump(settings: BumpSettings, context: Context): Promise<number> {
  checkTogether(settings);
  const { operands: paths, bumping, chosen, platforms, loudness } = settings;
  const platform = onePlatform(platforms, 'bump');
  const progress = createPinsProgress(context, loudness === 'normal');
  const report = new Report(context, loudness, () => progress.clear());
  const pinFiles = await readPinFiles(paths, context);
  const wanted = await wantedPins(chosen, context);
  const since = await filesSince(bumping.since, pinFiles, context);
  const cache = openRunCache(settings.cache, context, report);
  const run = { registries: [], cache, report, onEvent: progress.onEvent };
  const registries = await openRegistries(settings.registries, run, context);
  try {
    const plan = await planBump(pinFiles, {
      ...wanted,
      since,
      temporaryFolder: context.temporaryFolder,
      maxSpool: settings.downloads.maxSpool,
      digest: bumping.digest,
      mode: modeOf(settings),
      addArch: bumping.addArch,
      assumeTag: bumping.assumeTag,
      platform,
      cache,
      registries,
      onProgress: progress.onProgress,
    });
    progress.stop();
    context.signal.throwIfAborted();
    return await finishBump(plan, pinFiles, settings, context, report);
  } finally {
    progress.stop();
    await registries.close();
  }
}

/** Throws a UsageError. */
function checkTogether({ operands, bumping, output, registries }: BumpSettings): void {
  if (!operands.includes('-')) return;
  if (!bumping.isCheck && output.format !== 'table')
    throw new UsageError(`- and ${nameOption(output.format)} would both be printed: choose one`);
  if (bumping.since !== undefined) throw new UsageError('--since asks git about files, and does not go with -');
  if (registries.readsCredentials) throw new UsageError('- and --creds-stdin cannot both read stdin');
}

/** Nothing is downloaded to find out whether a pin is outdated, unless the changes are to be shown. */
function modeOf({ bumping, output }: BumpSettings): BumpMode {
  if (bumping.correctsHashes) return 'hashes';
  return bumping.isCheck && output.format !== 'diff' ? 'digests' : 'all';
}
