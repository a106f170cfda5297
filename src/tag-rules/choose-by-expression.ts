import { printable } from '../errors.js';
import { compiledExpression, loadExpressions } from '../patterns/regular-expression.js';
import type { TagChoice } from './choose-version.js';
import { compareTexts } from './compare-versions.js';
import type { WrittenExpression } from './rule.js';

/** A tag that matches: its groups in the order in which they are written, or the whole tag where there are none. */
interface Match {
  readonly tag: string;
  readonly groups: readonly (string | undefined)[];
  /** The group of this name, as in Renovate's regex versioning: a tag with another one is another kind of image. */
  readonly compatibility: string | undefined;
}

/**
 * Of the tags that match, the one with the highest groups: the first group counts most, digits count by their value, a group that is not there
 * is lower than any. Without groups the whole tag counts. A group `compatibility` must be that of the pinned tag, and a pinned tag that matches is
 * never followed by a lower one. Throws a UsageError for a mistake in the expression.
 */
export async function chooseByExpression(
  { body, flags }: WrittenExpression,
  pinnedTag: string | undefined,
  tags: Iterable<string>,
): Promise<TagChoice> {
  const shown = `'${printable(`/${body}/${flags}`, 100)}'`;
  const expression = compiledExpression(await loadExpressions(), body, flags, shown);
  const match = (tag: string): Match | undefined => {
    const matcher = expression.matcher(tag);
    if (!matcher.find()) return undefined;
    const count = matcher.groupCount();
    const groups = Array.from({ length: count }, (_, at) => matcher.group(at + 1) ?? undefined);
    const compatibility = expression.namedGroups()[COMPATIBILITY];
    const compared = groups.filter((_, at) => at + 1 !== compatibility);
    return {
      tag,
      groups: compared.length === 0 ? [tag] : compared,
      compatibility: compatibility === undefined ? undefined : groups[compatibility - 1],
    };
  };
  const pinned = pinnedTag === undefined ? undefined : match(pinnedTag);
  let best = pinned;
  for (const tag of tags) {
    const found = match(tag);
    if (!found || (pinned && found.compatibility !== pinned.compatibility)) continue;
    if (!best || compareMatches(found, best) > 0) best = found;
  }
  return { wanted: best?.tag, newest: best?.tag };
}

const COMPATIBILITY = 'compatibility';

function compareMatches(one: Match, other: Match): number {
  for (const [at, group] of one.groups.entries()) {
    const difference = compareTexts(group ?? '', other.groups[at] ?? '');
    if (difference !== 0) return difference;
  }
  return 0;
}
