import { chooseByExpression } from './choose-by-expression.js';
import { chooseInRange, chooseWithinLevel, type TagChoice } from './choose-version.js';
import type { Level, TagRule } from './rule.js';

/** A rule that a list of names is enough for: what is newest is known from the images only. */
export type NamedTagRule = Exclude<TagRule, { readonly kind: 'newest' }>;

/**
 * Chooses from the tags of a repository, in any order. The order of the list makes no difference where the rule tells the tags apart. Without a
 * pinned tag, `digest` and a level lead nowhere. Throws a UsageError for a mistake in a regular expression.
 */
export async function chooseTag(
  rule: NamedTagRule,
  pinnedTag: string | undefined,
  tags: Iterable<string>,
): Promise<TagChoice> {
  switch (rule.kind) {
    case 'digest':
      return { wanted: pinnedTag, newest: withinLevel('major', pinnedTag, tags).newest };
    case 'level':
      return withinLevel(rule.level, pinnedTag, tags);
    case 'range':
      return chooseInRange(rule.range, pinnedTag, tags);
    case 'expression':
      return chooseByExpression(rule.expression, pinnedTag, tags);
  }
}

function withinLevel(level: Level, pinnedTag: string | undefined, tags: Iterable<string>): TagChoice {
  return pinnedTag === undefined ? { wanted: undefined, newest: undefined } : chooseWithinLevel(level, pinnedTag, tags);
}
