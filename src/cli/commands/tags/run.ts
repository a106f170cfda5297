import { heavyWorkNext } from '../../../concurrency/heavy-work.js';
import { printable, UsageError } from '../../../errors.js';
import type { FoundTag, TagQuery } from '../../../tags/find-tags.js';
import { findTags } from '../../../tags/find-tags.js';
import { openRunCache } from '../../resources/cache.js';
import { openRegistries } from '../../resources/registries.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { jsonText, naming } from '../../terminal/outcome.js';
import { writeOutput } from '../../terminal/output.js';
import { Report } from '../../terminal/report.js';
import { formatTable } from '../../terminal/table.js';
import type { TagsSettings } from './options.js';

export async function runTags(settings: TagsSettings, context: Context): Promise<number> {
  const { operands: repository, json } = settings;
  const query = queryOf(settings);
  const report = new Report(context, settings.loudness);
  const cache = openRunCache(settings.cache, context, report);
  const run = { registries: [repository.registry], cache, report };
  const client = await openRegistries(settings.registries, run, context);
  try {
    return await naming(repository.name, context, report, async () => {
      const found: FoundTag[] = [];
      for await (const tag of findTags(repository, { registries: client, ...query })) found.push(tag);
      const text = await heavyWorkNext(context.signal, () =>
        json ? jsonText({ version: 1, tags: found }) : tagTable(found),
      );
      await writeOutput(text, undefined, context);
      const { limit } = settings.wanted;
      return found.length === 0 && limit !== 0 ? refuseNothing(settings, report) : EXIT.done;
    });
  } finally {
    await client.close();
  }
}

/** A pattern that no tag matches may be misspelled, and must not look like success. */
function refuseNothing({ operands, wanted }: TagsSettings, report: Report): number {
  const { match, semver } = wanted;
  const kind = semver ? 'is a version' : 'was found';
  const what = match === undefined ? kind : `matches '${printable(match, 100)}'${semver ? ' and is a version' : ''}`;
  report.failure(new UsageError(`no tag of ${operands.name} ${what}`), operands.name);
  return EXIT.usage;
}

function queryOf({ wanted, platform }: TagsSettings): TagQuery {
  return { ...wanted, platform };
}

function tagTable(found: readonly FoundTag[]): string {
  return formatTable(found.map(({ tag, created }) => (created === undefined ? [tag] : [tag, created ?? 'unknown'])));
}
