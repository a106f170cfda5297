import { PullpinError, printable } from '../../errors.js';
import { SiteError } from '../../recipe/site-error.js';
import { chooseTag } from '../../tag-rules/choose-tag.js';
import type { TagChoice } from '../../tag-rules/choose-version.js';
import type { HeldBack } from '../site/tracked-pin.js';
import { heldBack } from './cooldown.js';
import { chooseNewest } from './newest-tag.js';
import type { TagQuestion } from './tag-question.js';

/** How many images that are too new a rule looks at for one pin before it stays. */
const MOST_TOO_NEW = 20;

/** Where a rule leads. */
export interface WantedTag {
  /** The tag to move to; undefined when the image stays at the one that it has. */
  readonly tag: string | undefined;
  /** The newest image that it must not have yet. */
  readonly held: HeldBack | undefined;
}

/**
 * The tag that a rule leads to. An image that is too new for its cooldown is held back: then the newest one is taken that is not. Throws a
 * PullpinError, also when no tag fits the rule.
 */
export async function chooseWanted(question: TagQuestion): Promise<WantedTag> {
  const tooNew = new Set<string>();
  let held: HeldBack | undefined;
  for (;;) {
    const { wanted, newest } = await tagChoice(question, tooNew);
    if (wanted === undefined && !held) throw noTag(question, newest);
    if (wanted === undefined || wanted === question.pinnedTag || tooNew.size >= MOST_TOO_NEW)
      return { tag: undefined, held };
    const found = await heldBack(question, wanted);
    if (!found) return { tag: wanted, held };
    held ??= found;
    tooNew.add(wanted);
  }
}

/** What a rule chooses from the tags of its repository without some of them. Throws a PullpinError. */
export async function tagChoice(question: TagQuestion, without: ReadonlySet<string> = new Set()): Promise<TagChoice> {
  const { rule, pinnedTag, lookUps } = question;
  const all = await lookUps.tags();
  const tags = without.size === 0 ? all : all.filter((tag) => !without.has(tag));
  const choice =
    rule.kind === 'newest' ? chooseNewest(question, rule.expression, tags) : chooseTag(rule, pinnedTag, tags);
  return asRule(question, choice);
}

/** Waits for the answer. What is wrong with it is the rule in the file, and no word of the command line. */
export async function asRule<Answer>(
  { ruleText }: Pick<TagQuestion, 'ruleText'>,
  answer: Promise<Answer>,
): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof PullpinError) || error.kind !== 'usage') throw error;
    throw new SiteError('rules', `its rule '${printable(ruleText, 100)}': ${error.message}`);
  }
}

function noTag({ repository, ruleText }: TagQuestion, newest: string | undefined): SiteError {
  const hint = newest === undefined ? '' : `; the newest of its kind is ${newest}`;
  return new SiteError('no-tag', `no tag of ${repository} fits its rule '${printable(ruleText, 100)}'${hint}`);
}
