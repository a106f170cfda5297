import { PullpinError, printable } from '../../errors.js';
import { contradiction, tagRule, tagRuleNotes } from '../../list/tag-rule.js';
import { formatRepository, splitName } from '../../oci/reference.js';
import { compileRegularExpression } from '../../patterns/regular-expression.js';
import { SiteError } from '../../recipe/site-error.js';
import { chooseTag } from '../../tag-rules/choose-tag.js';
import type { TagChoice } from '../../tag-rules/choose-version.js';
import type { TagRule } from '../../tag-rules/rule.js';
import { parseVersion } from '../../tag-rules/version.js';
import type { HeldBack, TrackedPin } from '../site/tracked-pin.js';
import { heldBack } from './cooldown.js';
import { chooseNewest } from './newest-tag.js';

/** How many images that are too new a rule looks at for one pin before it stays. */
const MOST_TOO_NEW = 20;

/**
 * The pin with the tag that its rule leads to; without a rule, the pin as it is. An image that is too new for its cooldown is held back: then the
 * newest one is taken that is not, and the pin stays when there is none. Throws a PullpinError.
 */
export async function withWantedTag(pin: TrackedPin): Promise<TrackedPin> {
  if (pin.settings.mode === 'hashes') return pin;
  const rule = ruleOf(pin);
  if (!rule) return withCooldown(pin);
  const ruled = await ruledPin(pin, rule);
  const tooNew = new Set<string>();
  let held: HeldBack | undefined;
  for (;;) {
    const { wanted, newest } = await tagChoice(ruled, rule, tooNew);
    if (wanted === undefined && !held) throw noTag(pin, newest);
    const stays = wanted === undefined || wanted === pinnedTag(ruled) || tooNew.size >= MOST_TOO_NEW;
    if (stays && pinnedTag(ruled) === undefined) return { ...ruled, held, stays: true };
    if (stays) return withCooldown({ ...ruled, wantedTag: ruled.follows?.tag, held });
    const found = await heldBack(ruled, wanted);
    if (!found) return { ...ruled, wantedTag: wanted, held };
    held ??= found;
    tooNew.add(wanted);
  }
}

/** The pin, which stays as it is when the image that its tag has now is too new. */
async function withCooldown(pin: TrackedPin): Promise<TrackedPin> {
  const found = pin.follows && (await heldBack(pin, pin.follows.tag));
  return found ? { ...pin, wantedTag: undefined, held: pin.held ?? found, stays: true } : pin;
}

/** The newest tag of a pin's kind, whatever its rule allows; undefined for a pin that names no tag. Throws a PullpinError. */
export async function newestTag(pin: TrackedPin): Promise<string | undefined> {
  const rule = ruleOf(pin) ?? { kind: 'digest' };
  const { newest } = await tagChoice(await ruledPin(pin, rule), rule, new Set());
  return newest;
}

function ruleOf({ site, settings }: TrackedPin): TagRule | undefined {
  const problem = contradiction(site);
  if (problem !== undefined) throw new SiteError('rules', problem);
  return tagRule(site, settings.level);
}

/**
 * A final tag that no version is, or that an expression does not match, is a name that the user chose: it stays, and the rule is for the tag in a
 * comment, or for a pin without a tag.
 */
async function ruledPin(pin: TrackedPin, rule: TagRule): Promise<TrackedPin> {
  const { follows, site } = pin;
  if (follows?.by !== 'finalImageTag' || rule.kind === 'level' || rule.kind === 'digest') return pin;
  const matches =
    rule.kind === 'range'
      ? () => false
      : await asRule(site, compileRegularExpression(rule.expression.body, rule.expression.flags));
  const fits = (tag: string): boolean => matches(tag) || parseVersion(tag) !== undefined;
  if (fits(follows.tag)) return pin;
  const note = site.notes.find(({ kind, tag }) => kind !== 'directive' && fits(tag));
  return { ...pin, follows: note && { tag: note.tag, by: 'comment', note } };
}

/** What a rule chooses from the tags of the pin's repository without some of them. Throws a PullpinError. */
async function tagChoice(pin: TrackedPin, rule: TagRule, without: ReadonlySet<string>): Promise<TagChoice> {
  const pinned = pinnedTag(pin);
  const all = await pin.lookUps.tags();
  const tags = without.size === 0 ? all : all.filter((tag) => !without.has(tag));
  const choice =
    rule.kind === 'newest' ? chooseNewest(pin, rule.expression, pinned, tags) : chooseTag(rule, pinned, tags);
  return asRule(pin.site, choice);
}

/** Waits for the answer. What is wrong with it is the rule in the file, and no word of the command line. */
async function asRule<Answer>(site: TrackedPin['site'], answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof PullpinError) || error.kind !== 'usage') throw error;
    throw new SiteError('rules', `its rule '${printable(ruleText(site), 100)}': ${error.message}`);
  }
}

/** The tag that a rule starts from. One that the user assumes for pins without a tag is none. */
function pinnedTag({ follows }: TrackedPin): string | undefined {
  return follows?.by === 'assumed' ? undefined : follows?.tag;
}

function ruleText(site: TrackedPin['site']): string {
  return tagRuleNotes(site)[0]?.text ?? '';
}

function noTag({ site }: TrackedPin, newest: string | undefined): SiteError {
  const repository = formatRepository(splitName(site.imageName.text));
  const rule = printable(ruleText(site), 100);
  const hint = newest === undefined ? '' : `; the newest of its kind is ${newest}`;
  return new SiteError('no-tag', `no tag of ${repository} fits its rule '${rule}'${hint}`);
}
