import type { BumpMode } from '../../../bump/one-pin/site-settings.js';
import { type BumpSettings, planBump } from '../../../bump/plan.js';
import { UsageError } from '../../../errors.js';
import { filesAt } from '../../../files/revision.js';
import type { PinFiles } from '../../../list/pin-files.js';
import { loudnessOf } from '../../options/options.js';
import { openCache } from '../../resources/cache.js';
import { readPinFiles } from '../../resources/pin-files.js';
import { platformsOf } from '../../resources/platforms.js';
import { createPinsProgress } from '../../resources/progress.js';
import { openRegistries } from '../../resources/registries.js';
import { wantedPins } from '../../resources/wanted-pins.js';
import type { Context } from '../../terminal/context.js';
import { Report } from '../../terminal/report.js';
import { asFilter } from './filter.js';
import type { BumpArguments } from './options.js';
import { finishBump } from './output.js';

export function runBump(argv: BumpArguments, context: Context): Promise<number> {
  const isFilter = argv.path.includes('-') && !argv.check;
  return isFilter ? asFilter(context, (inner) => bump(argv, inner)) : bump(argv, context);
}

async function bump(argv: BumpArguments, context: Context): Promise<number> {
  checkTogether(argv);
  const progress = createPinsProgress(context, loudnessOf(argv) === 'normal');
  const report = new Report(context, loudnessOf(argv), () => progress.clear());
  const pinFiles = await readPinFiles(argv.path, context);
  const settings = await bumpSettings(argv, pinFiles, context);
  const registries = await openRegistries(argv, [], context, report, progress.onEvent);
  try {
    const plan = await planBump(pinFiles, { ...settings, registries, onProgress: progress.onProgress });
    progress.stop();
    context.signal.throwIfAborted();
    return await finishBump(plan, pinFiles, argv, context, report);
  } finally {
    progress.stop();
    await registries.close();
  }
}

/** Throws a UsageError. */
function checkTogether(argv: BumpArguments): void {
  const isStdin = argv.path.includes('-');
  const printed = [
    argv.json && '--json',
    argv.diff && '--diff',
    argv.markdown && '--markdown',
    argv['commit-message'] === '-' && '--commit-message -',
  ];
  const outputs = [isStdin && !argv.check && '-', ...printed].filter((each) => typeof each === 'string');
  if (outputs.length > 1) throw new UsageError(`${outputs.join(' and ')} would both be printed: choose one`);
  if (isStdin && argv.since !== undefined) throw new UsageError('--since asks git about files, and does not go with -');
  if (isStdin && argv['creds-stdin']) throw new UsageError('- and --creds-stdin cannot both read stdin');
  if (argv.hashes && argv.digest !== undefined)
    throw new UsageError('--hashes leaves digests as they are, and does not go with --digest');
}

async function bumpSettings(
  argv: BumpArguments,
  pinFiles: PinFiles,
  context: Context,
): Promise<Omit<BumpSettings, 'registries'>> {
  const [platform, ...others] = await platformsOf(argv);
  if (others.length > 0) throw new UsageError('one platform is assumed for pins that name none: give one');
  return {
    ...(await wantedPins(argv, context)),
    since: argv.since === undefined ? undefined : await earlierFiles(argv.since, pinFiles, context),
    cache: await openCache(argv, context),
    temporaryFolder: context.temporaryFolder,
    digest: argv.digest,
    mode: modeOf(argv),
    addArch: argv['add-arch'],
    platform,
    assumeTag: argv['assume-tag'],
  };
}

/** Nothing is downloaded to find out whether a pin is outdated, unless the changes are to be shown. */
function modeOf({ hashes, check, diff }: BumpArguments): BumpMode {
  if (hashes) return 'hashes';
  return check && !diff ? 'digests' : 'all';
}

/** The files as they were at a git revision; those that it does not have are missing. */
async function earlierFiles(revision: string, { files }: PinFiles, context: Context): Promise<PinFiles> {
  const { folder, environment, signal } = context;
  const paths = files.map(({ path }) => path);
  const read = await filesAt(revision, paths, { folder, environment, signal });
  const earlier = paths.flatMap((path) => {
    const text = read(path);
    return text === undefined ? [] : [{ path, text }];
  });
  return { files: earlier, read };
}
