import type { BumpPlan } from '../../../bump/bump-plan.js';
import type { BumpMode } from '../../../bump/one-pin/site-settings.js';
import { type BumpRequest, planBump } from '../../../bump/plan.js';
import { UsageError } from '../../../errors.js';
import { filesAt } from '../../../files/revision.js';
import type { SourceFile } from '../../../list/find.js';
import { changedSince } from '../../../list/since.js';
import type { OpenRepository } from '../../../pin/look-ups.js';
import type { RegistryClient } from '../../../registry/client.js';
import { loudnessOf } from '../../options/options.js';
import { openCache } from '../../resources/cache.js';
import { openPinFiles, type PinFiles } from '../../resources/pin-files.js';
import { platformsOf } from '../../resources/platforms.js';
import { createPinsProgress, type PinsProgress } from '../../resources/progress.js';
import { openRegistries } from '../../resources/registries.js';
import { type Wanted, wantedPins } from '../../resources/wanted-pins.js';
import type { Context } from '../../terminal/context.js';
import { Report } from '../../terminal/report.js';
import { asFilter } from './filter.js';
import type { BumpArguments } from './options.js';
import { writePlan } from './output.js';

export function runBump(argv: BumpArguments, context: Context): Promise<number> {
  const isFilter = argv.path.includes('-') && !argv.check;
  return isFilter ? asFilter(context, (inner) => bump(argv, inner)) : bump(argv, context);
}

async function bump(argv: BumpArguments, context: Context): Promise<number> {
  checkTogether(argv);
  const progress = createPinsProgress(context, loudnessOf(argv) === 'normal');
  const report = new Report(context, loudnessOf(argv), () => progress.clear());
  const pinFiles = await openPinFiles(argv.path, context);
  const settings = await bumpSettings(argv, pinFiles, context);
  const registries = await openBumpRegistries(argv, context, report, progress);
  try {
    const plan = await planBump({ ...settings, open: registries.open, onProgress: progress.onProgress });
    progress.stop();
    context.signal.throwIfAborted();
    return await writePlan(withUnreadable(plan, pinFiles), pinFiles, argv, context, report);
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

type Settings = Omit<BumpRequest, 'open' | 'onProgress'>;

async function bumpSettings(argv: BumpArguments, { files, read }: PinFiles, context: Context): Promise<Settings> {
  const [platform, ...others] = await platformsOf(argv);
  if (others.length > 0) throw new UsageError('one platform is assumed for pins that name none: give one');
  const cache = await openCache(argv, context);
  return {
    files,
    read,
    ...(await wanted(argv, files, context)),
    temporaryFolder: context.temporaryFolder,
    digest: argv.digest,
    mode: modeOf(argv),
    addArch: argv['add-arch'],
    platform,
    assumeTag: argv['assume-tag'],
    cache,
  };
}

/** Nothing is downloaded to find out whether a pin is outdated, unless the changes are to be shown. */
function modeOf({ hashes, check, diff }: BumpArguments): BumpMode {
  if (hashes) return 'hashes';
  return check && !diff ? 'digests' : 'all';
}

async function wanted(argv: BumpArguments, files: readonly SourceFile[], context: Context): Promise<Wanted> {
  const { isWanted, isWantedFile } = await wantedPins(argv, context);
  if (argv.since === undefined) return { isWanted, isWantedFile };
  const { folder, environment, signal } = context;
  const paths = files.map(({ path }) => path);
  const readEarlier = await filesAt(argv.since, paths, { folder, environment, signal });
  const earlier = paths.flatMap((path) => {
    const earlierText = readEarlier(path);
    return earlierText === undefined ? [] : [{ path, text: earlierText }];
  });
  const hasChanged = changedSince(earlier, readEarlier);
  const changedFiles = new Set(files.filter(({ path, text }) => readEarlier(path) !== text).map(({ path }) => path));
  return {
    isWanted: (site) => isWanted(site) && hasChanged(site),
    isWantedFile: (path) => isWantedFile(path) && changedFiles.has(path),
  };
}

function withUnreadable(plan: BumpPlan, { unreadable }: PinFiles): BumpPlan {
  return {
    ...plan,
    problems: [...plan.problems, ...unreadable.map((problem) => ({ ...problem, severity: 'notice' as const }))],
  };
}

/** A client for all registries, and one for each that a pin says not to verify. */
async function openBumpRegistries(argv: BumpArguments, context: Context, report: Report, { onEvent }: PinsProgress) {
  const clients = new Map<string | undefined, Promise<RegistryClient>>();
  const clientFor = (unverified: string | undefined): Promise<RegistryClient> => {
    const run = { onEvent, ...(unverified !== undefined && { unverified }) };
    // Secrets were read for the main client, and are not for the others.
    const options = unverified === undefined ? argv : { ...argv, 'creds-stdin': undefined };
    const client = clients.get(unverified) ?? openRegistries(options, [], context, report, run);
    clients.set(unverified, client);
    return client;
  };
  await clientFor(undefined);
  const open: OpenRepository = async (name, { unverified }) =>
    (await clientFor(unverified ? name.registry : undefined)).repository(name);
  return {
    open,
    close: async () => {
      for (const client of clients.values()) await (await client).close();
    },
  };
}
