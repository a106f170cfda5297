import { UsageError } from '../../../errors.js';
import { parseReference } from '../../../oci/reference.js';
import type { FoundTag, TagQuery } from '../../../tags/find-tags.js';
import { findTags } from '../../../tags/find-tags.js';
import { loudnessOf, wholeNumber } from '../../options/options.js';
import { platformsOf } from '../../resources/platforms.js';
import { openRegistries } from '../../resources/registries.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { formatTable } from '../../terminal/format.js';
import { jsonText } from '../../terminal/outcome.js';
import { writeOutput } from '../../terminal/output.js';
import { Report } from '../../terminal/report.js';
import type { TagsArguments } from './options.js';

const MANY = 1_000_000;

export async function runTags(argv: TagsArguments, context: Context): Promise<number> {
  const reference = parseReference(argv.repository);
  if (reference.tag !== undefined || reference.digest)
    throw new UsageError(`tags wants a repository: write ${reference.name}`);
  const query = await queryOf(argv);
  const client = await openRegistries(argv, [reference.registry], context, new Report(context, loudnessOf(argv)));
  try {
    const found: FoundTag[] = [];
    for await (const tag of findTags(reference, { registries: client, ...query })) found.push(tag);
    await writeOutput(argv.json ? jsonText({ version: 1, tags: found }) : describe(found), undefined, context);
    return EXIT.done;
  } finally {
    await client.close();
  }
}

async function queryOf(argv: TagsArguments): Promise<TagQuery> {
  const [platform, ...others] = await platformsOf(argv);
  if (others.length > 0) throw new UsageError('tags looks at one platform');
  const [limit, newest] = [wholeNumber('limit', argv.limit, 0, MANY), wholeNumber('newest', argv.newest, 1, MANY)];
  return {
    ...(argv.match !== undefined && { match: argv.match }),
    ...(argv.semver && { semver: true }),
    ...(limit !== undefined && { limit }),
    ...(newest !== undefined && { newest }),
    ...(platform && { platform }),
  };
}

export function describe(found: readonly FoundTag[]): string {
  return formatTable(found.map(({ tag, created }) => (created === undefined ? [tag] : [tag, created ?? 'unknown'])));
}
