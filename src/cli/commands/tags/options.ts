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
} from '../../options/options.js';
import type { Start } from '../../terminal/context.js';

const TAGS_OPTIONS = {
  match: { ...text, group: 'Tags:', describe: "Only tags that fit a glob such as '1.27*', or a /regular expression/" },
  semver: { type: 'boolean', group: 'Tags:', describe: 'Only versions, the highest first' },
  newest: { ...text, group: 'Tags:', describe: 'Only so many, those made last; asks for each tag that is left' },
  limit: { ...text, group: 'Tags:', describe: 'So many at the most' },
} as const satisfies Record<string, Options>;

export type TagsArguments = { repository: string } & InferredOptionTypes<typeof TAGS_OPTIONS> &
  JsonOption &
  PlatformOptions &
  RunOptions;

/** `pullpin tags REPOSITORY` */
export function addTagsCommand(parser: Argv, start: Start): Argv {
  return parser.command<TagsArguments>({
    command: 'tags <repository>',
    describe: 'List the tags of a repository',
    builder: (yargs) =>
      withOptions(yargs, { ...TAGS_OPTIONS, ...JSON_OPTION, ...PLATFORM_OPTIONS, ...RUN_OPTIONS })
        .positional('repository', { type: 'string', demandOption: true, describe: '[REGISTRY/]REPOSITORY' })
        .example("$0 tags redis --match '7.*' --semver --limit 5", 'The highest versions of a series')
        .example("$0 tags ghcr.io/x/y --newest 3 --match 'main-*'", 'What was built last'),
    handler: (argv) => start(async (context) => (await import('./run.js')).runTags(argv, context)),
  });
}
