import type { Argv, InferredOptionTypes, Options } from 'yargs';
import { UsageError } from '../../errors.js';
import type { FoundTag, TagQuery } from '../../library/tags.js';
import {
  JSON_OPTION,
  type JsonOption,
  loudnessOf,
  PLATFORM_OPTIONS,
  type PlatformOptions,
  RUN_OPTIONS,
  type RunOptions,
  text,
  wholeNumber,
  withOptions,
} from '../options/options.js';
import { platformsOf } from '../options/platforms.js';
import { openRegistries } from '../resources/registries.js';
import type { Context, Start } from '../terminal/context.js';
import { EXIT } from '../terminal/exit-code.js';
import { formatTable } from '../terminal/format.js';
import { jsonText } from '../terminal/outcome.js';
import { writeOutput } from '../terminal/output.js';
import { Report } from '../terminal/report.js';

const TAGS_OPTIONS = {
  match: { ...text, group: 'Tags:', describe: "Only tags that fit a glob such as '1.27*', or a /regular expression/" },
  semver: { type: 'boolean', group: 'Tags:', describe: 'Only versions, the highest first' },
  newest: { ...text, group: 'Tags:', describe: 'Only so many, those made last; asks for each tag that is left' },
  limit: { ...text, group: 'Tags:', describe: 'So many at the most' },
} as const satisfies Record<string, Options>;

type TagsArguments = { repository: string } & InferredOptionTypes<typeof TAGS_OPTIONS> &
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
    handler: (argv) => start((context) => runTags(argv, context)),
  });
}

const MANY = 1_000_000;

async function runTags(argv: TagsArguments, context: Context): Promise<number> {
  const { findTags } = await import('../../library/tags.js');
  const { parseReference } = await import('../../library/references.js');
  const reference = parseReference(argv.repository);
  if (reference.tag !== undefined || reference.digest)
    throw new UsageError(`tags wants a repository: write ${reference.name}`);
  const query = await queryOf(argv);
  const client = await openRegistries(argv, [reference.registry], context, new Report(context, loudnessOf(argv)));
  try {
    const found: FoundTag[] = [];
    for await (const tag of findTags(client.repository(reference), query)) found.push(tag);
    await writeOutput(argv.json ? jsonText({ version: 1, tags: found }) : describe(found), undefined, context);
    return EXIT.done;
  } finally {
    await client.close();
  }
}

async function queryOf(argv: TagsArguments): Promise<TagQuery> {
  const { createTagMatcher } = await import('../../library/tags.js');
  const [platform, ...others] = await platformsOf(argv);
  if (others.length > 0) throw new UsageError('tags looks at one platform');
  const [limit, newest] = [wholeNumber('limit', argv.limit, 0, MANY), wholeNumber('newest', argv.newest, 1, MANY)];
  return {
    ...(argv.match !== undefined && { matches: createTagMatcher(argv.match) }),
    ...(argv.semver && { semver: true }),
    ...(limit !== undefined && { limit }),
    ...(newest !== undefined && { newest }),
    ...(platform && { platform }),
  };
}

function describe(found: readonly FoundTag[]): string {
  return formatTable(found.map(({ tag, created }) => (created === undefined ? [tag] : [tag, created ?? 'unknown'])));
}
