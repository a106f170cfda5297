import compareVersions from 'semver/functions/compare.js';
import { heavyWorkNext } from '../concurrency/heavy-work.js';
import { inSlices } from '../concurrency/in-slices.js';
import { settleInOrder } from '../concurrency/settle-in-order.js';
import { checkCount } from '../errors.js';
import type { Registries, TaggedSource } from '../oci/image-source.js';
import { DEFAULT_PLATFORM, type Platform, toPlatform } from '../oci/platform.js';
import { type RepositoryName, splitName } from '../oci/reference.js';
import { inspect } from '../pin/inspect.js';
import { createTagMatcher } from './tag-matcher.js';

/** Which tags are wanted, and in what order. */
export interface TagQuery {
  /** Only tags that fit: a glob with `*` and `?`, or a regular expression between slashes. All when omitted. */
  readonly match?: string | undefined;
  /** Only tags that are versions, the highest first. */
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

/** `v1`, `1.27`, `24.04`, `1.2.3-alpine`: one to three numbers, and what may follow a dash or an underscore. */
const VERSION = /^v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:[-_]([0-9A-Za-z._-]+))?$/;

function byVersion(tags: readonly FoundTag[]): FoundTag[] {
  const versions = tags.flatMap((found) => {
    const version = versionOf(found.tag);
    return version === undefined ? [] : [{ found, version }];
  });
  return versions.sort((a, b) => compareVersions(b.version, a.version, { loose: true })).map(({ found }) => found);
}

/** A tag that is a semantic version: three numbers, without zeros in front (calendar versions have them). */
function versionOf(tag: string): string | undefined {
  const [, major, minor = '0', patch = '0', suffix] = VERSION.exec(tag) ?? [];
  if (major === undefined) return undefined;
  const numbers = [major, minor, patch].map(Number).join('.');
  return suffix === undefined ? numbers : `${numbers}-${suffix.replaceAll('_', '-').replace(/\.+$/, '')}`;
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
