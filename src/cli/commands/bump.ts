import type { Argv, InferredOptionTypes, Options } from 'yargs';
import { UsageError } from '../../errors.js';
import type { BumpPlan, BumpRequest, OpenRepository, SourceFile } from '../../library/pins.js';
import type { RegistryClient } from '../../library/registries.js';
import {
  JSON_OPTION,
  type JsonOption,
  loudnessOf,
  PLATFORM_OPTIONS,
  type PlatformOptions,
  RUN_OPTIONS,
  type RunOptions,
  text,
  withOptions,
  withPaths,
} from '../options/options.js';
import { platformsOf } from '../options/platforms.js';
import { WANTED_OPTIONS, type Wanted, type WantedOptions, wantedPins } from '../options/wanted-pins.js';
import { openCache } from '../resources/cache.js';
import { openPinFiles, type PinFiles } from '../resources/pin-files.js';
import { openRegistries } from '../resources/registries.js';
import type { Context, Start } from '../terminal/context.js';
import { createPinsProgress, type PinsProgress } from '../terminal/progress.js';
import { Report } from '../terminal/report.js';
import { writePlan } from './bump-output.js';

const BUMP_OPTIONS = {
  'dry-run': { type: 'boolean', alias: 'n', group: 'Bump:', describe: 'Write nothing' },
  check: { type: 'boolean', group: 'Bump:', describe: 'Write nothing, and end with 3 when a pin is outdated' },
  diff: { type: 'boolean', group: 'Output:', describe: 'Show the changes as a unified diff' },
  markdown: { type: 'boolean', group: 'Output:', describe: "Print a table for a pull request or a job's summary" },
  'commit-message': { ...text, group: 'Output:', describe: 'Write a commit message into FILE, or onto stdout for -' },
  hashes: { type: 'boolean', group: 'Bump:', describe: 'Leave digests as they are, and mend the hashes beside them' },
  since: { ...text, group: 'Pins:', describe: 'Only pins that are new or other than at this git revision' },
  'assume-tag': { ...text, group: 'Bump:', describe: 'The tag of pins that show no trace of one' },
  digest: {
    ...text,
    choices: ['keep', 'index', 'platform'],
    group: 'Bump:',
    describe: 'Pin what the tag resolves to, or the manifest of one platform (keep: as before)',
  },
  'add-arch': {
    type: 'boolean',
    group: 'Bump:',
    describe: 'Give os and arch to pins of several platforms that name none',
  },
  'keep-going': { type: 'boolean', group: 'Bump:', describe: 'Write what can be written when a file cannot' },
} as const satisfies Record<string, Options>;

export type BumpArguments = { path: string[] } & InferredOptionTypes<typeof BUMP_OPTIONS> &
  JsonOption &
  WantedOptions &
  PlatformOptions &
  RunOptions;

/** `pullpin bump [PATH...]` */
export function addBumpCommand(parser: Argv, start: Start): Argv {
  return parser.command<BumpArguments>({
    command: 'bump [path..]',
    describe: 'Move the pins of a repository to what their tags have now, digest and hash together',
    builder: (yargs) =>
      withPaths(
        withOptions(yargs, { ...BUMP_OPTIONS, ...WANTED_OPTIONS, ...JSON_OPTION, ...PLATFORM_OPTIONS, ...RUN_OPTIONS }),
      )
        .example('$0 bump', 'All pins in what git knows below here')
        .example('$0 bump --check', 'Fail when one is outdated, for CI')
        .example('$0 bump --diff -n hosts/', 'Show what would change')
        .example('$0 bump --hashes --since origin/main', 'Mend the hashes of digests that a bot has bumped')
        .example('$0 bump - <a.nix >b.nix', 'As a filter, for editors'),
    handler: (argv) => start((context) => runBump(argv, context)),
  });
}

async function runBump(argv: BumpArguments, context: Context): Promise<number> {
  checkTogether(argv);
  const progress = createPinsProgress(context, loudnessOf(argv) === 'normal');
  const report = new Report(context, loudnessOf(argv), () => progress.clear());
  const pinFiles = await openPinFiles(argv.path, context);
  const settings = await bumpSettings(argv, pinFiles, context);
  const registries = await openBumpRegistries(argv, context, report, progress);
  try {
    const { planBump } = await import('../../library/pins.js');
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
    digest: argv.digest ?? 'keep',
    work: workOf(argv),
    addArch: argv['add-arch'] ?? false,
    ...(platform && { platform }),
    ...(argv['assume-tag'] !== undefined && { assumeTag: argv['assume-tag'] }),
    ...(cache && { cache }),
  };
}

/** Nothing is downloaded to find out whether a pin is outdated, unless the changes are to be shown. */
function workOf({ hashes, check, diff }: BumpArguments): BumpRequest['work'] {
  if (hashes) return 'hashes';
  return check && !diff ? 'digests' : 'all';
}

async function wanted(argv: BumpArguments, files: readonly SourceFile[], context: Context): Promise<Wanted> {
  const { isWanted, isWantedFile } = await wantedPins(argv, context);
  if (argv.since === undefined) return { isWanted, isWantedFile };
  const { changedSince, filesAt } = await import('../../library/pins.js');
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
