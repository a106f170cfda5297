import { heavyWorkNext } from '../concurrency/heavy-work.js';
import { inSlices } from '../concurrency/in-slices.js';
import { settleInOrder } from '../concurrency/settle-in-order.js';
import { checkCount } from '../errors.js';
import type { Registries, TaggedSource } from '../oci/image-source.js';
import { DEFAULT_PLATFORM, type Platform, toPlatform } from '../oci/platform.js';
import { type RepositoryName, splitName } from '../oci/reference.js';
import { inspect } from '../pin/inspect.js';
import { compareVersions } from '../tag-rules/compare-versions.js';
import { parseVersion, type Version, type VersionScheme } from '../tag-rules/version.js';
import { createTagMatcher } from './tag-matcher.js';

/** Which tags are wanted, and in what order. */
export interface TagQuery {
  /** Only tags that fit: a glob with `*` and `?`, or a regular expression between slashes. All when omitted. */
  readonly match?: string | undefined;
  /** Only tags that are versions, as docs/tags.md has them, the highest first; dates and long numbers, which may be builds, come last. */
  readonly semver?: boolean | undefined;
  /** At most this many. */
  readonly limit?: number | undefined;
  /** Only this many, those whose images were made last, the newest first. Costs requests for each tag that the other filters leave. */
  readonly newest?: number | undefined;
  /** Whose age counts where there is an index; linux/amd64 when omitted. */
  readonly platform?: Platform | string | undefined;
}

/** A tag; with `created` where the newest were asked for. */
export interface FoundTag {
  readonly tag: string;
  /** As the image's config has it, RFC 3339; null where it says nothing, or the image cannot be looked at. */
  readonly created?: string | null;
}

/** Images that are looked at the same time. */
const CONCURRENT_LOOKS = 8;

/**
 * The tags of a repository, such as `ghcr.io/x/y`. Stops reading the registry's list as soon as nothing more of it is needed. Throws a
 * PullpinError.
 *
 * @example
 * ```js
 * import { connectRegistries, findTags, fromProcess } from 'pullpin';
 *
 * const registries = await connectRegistries(fromProcess());
 * for await (const { tag } of findTags('redis', { registries, match: '8.*', limit: 1 })) console.log(tag); // 8.0
 * await registries.close();
 * ```
 */
export async function* findTags(
  repository: RepositoryName | string,
  { registries, ...query }: TagQuery & { readonly registries: Registries<TaggedSource> },
): AsyncGenerator<FoundTag> {
  checkCount('limit', query.limit, 0);
  checkCount('newest', query.newest, 1);
  const { semver = false, limit = Number.POSITIVE_INFINITY, newest } = query;
  const name = typeof repository === 'string' ? splitName(repository) : repository;
  const source = registries.repository(name);
  const matches = query.match === undefined ? () => true : await createTagMatcher(query.match);
  if (!semver && newest === undefined) {
    yield* matching(source, matches, limit);
    return;
  }
  const all: FoundTag[] = [];
  for await (const found of matching(source, matches, Number.POSITIVE_INFINITY)) all.push(found);
  const sorted = semver ? await heavyWorkNext(undefined, () => byVersion(all)) : all;
  const dated = newest === undefined ? sorted : (await byAge(source, sorted, query)).slice(0, newest);
  yield* inSlices(dated.slice(0, limit));
}

async function* matching(
  source: TaggedSource,
  matches: (tag: string) => boolean,
  limit: number,
): AsyncGenerator<FoundTag> {
  let count = 0;
  if (limit <= 0) return;
  for await (const tag of source.tags()) {
    if (!matches(tag)) continue;
    yield { tag };
    count += 1;
    if (count >= limit) return;
  }
}

/** Versions that are not compared with each other, in the order in which they are listed: what may be a date or a build is seldom what is looked for. */
const SCHEMES: readonly VersionScheme[] = ['number', 'year', 'date', 'dashed-date', 'long-number'];

function byVersion(tags: readonly FoundTag[]): FoundTag[] {
  const versions = tags.flatMap((found) => {
    const version = parseVersion(found.tag);
    return version ? [{ found, version }] : [];
  });
  return versions.sort((a, b) => compareInList(a.version, b.version)).map(({ found }) => found);
}

/** The highest first; of one version, the tag without a suffix first, then as the registry lists them. */
function compareInList(a: Version, b: Version): number {
  return (
    SCHEMES.indexOf(a.scheme) - SCHEMES.indexOf(b.scheme) ||
    compareVersions(b, a) ||
    Number(a.suffix !== '') - Number(b.suffix !== '')
  );
}

async function byAge(
  source: TaggedSource,
  tags: readonly FoundTag[],
  { platform = DEFAULT_PLATFORM }: TagQuery,
): Promise<FoundTag[]> {
  const looked = await settleInOrder(tags, CONCURRENT_LOOKS, async ({ tag }): Promise<FoundTag> => {
    const { facts } = await inspect(source, tag, toPlatform(platform));
    return { tag, created: facts.created ?? null };
  });
  const dated = looked.map((result, at) =>
    result.status === 'fulfilled' ? result.value : { tag: tags[at]?.tag ?? '', created: null },
  );
  const failures = looked.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (failures.length === tags.length && failures.length > 0) throw failures[0];
  return dated.sort((a, b) => timeOf(b) - timeOf(a));
}

/** An image without a date is older than any other. */
function timeOf({ created }: FoundTag): number {
  const time = Date.parse(created ?? '');
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
}
