import { chooseByExpression } from './choose-by-expression.js';
import { chooseInRange, chooseWithinLevel, type TagChoice } from './choose-version.js';
import type { TagRule } from './rule.js';

/** A rule that a list of names is enough for: what is newest is known from the images only. */
export type NamedTagRule = Exclude<TagRule, { readonly kind: 'newest' }>;

/**
 * Chooses from the tags of a repository, in any order. The order of the list makes no difference where the rule tells the tags apart. Throws a
 * UsageError for a mistake in a regular expression.
 */
export async function chooseTag(rule: NamedTagRule, pinnedTag: string, tags: Iterable<string>): Promise<TagChoice> {
  switch (rule.kind) {
    case 'digest':
      return { wanted: pinnedTag, newest: chooseWithinLevel('major', pinnedTag, tags).newest };
    case 'level':
      return chooseWithinLevel(rule.level, pinnedTag, tags);
    case 'range':
      return chooseInRange(rule.range, pinnedTag, tags);
    case 'expression':
      return chooseByExpression(rule.expression, pinnedTag, tags);
  }
}
