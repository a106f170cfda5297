import type { Argv, InferredOptionTypes, Options } from 'yargs';
import {
  JSON_OPTION,
  type JsonOption,
  PLATFORM_OPTIONS,
  type PlatformOptions,
  RUN_OPTIONS,
  type RunOptions,
  text,
  withOptions,
  withPaths,
} from '../../options/options.js';
import { WANTED_OPTIONS, type WantedOptions } from '../../options/wanted-pins.js';
import type { Start } from '../../terminal/context.js';

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
    handler: (argv) => start(async (context) => (await import('./run.js')).runBump(argv, context)),
  });
}
