import { PullpinError, printable } from '../../errors.js';
import { contradiction, tagRule } from '../../list/tag-rule.js';
import { formatRepository, splitName } from '../../oci/reference.js';
import { compileRegularExpression } from '../../patterns/regular-expression.js';
import { SiteError } from '../../recipe/site-error.js';
import { chooseTag } from '../../tag-rules/choose-tag.js';
import type { TagChoice } from '../../tag-rules/choose-version.js';
import type { TagRule } from '../../tag-rules/rule.js';
import { parseVersion } from '../../tag-rules/version.js';
import type { TrackedPin } from '../site/tracked-pin.js';
import { chooseNewest } from './newest-tag.js';

/** The pin with the tag that its rule leads to; without a rule, the pin as it is. Throws a PullpinError. */
export async function withWantedTag(pin: TrackedPin): Promise<TrackedPin> {
  const rule = ruleOf(pin);
  if (!rule) return pin;
  const ruled = await ruledPin(pin, rule);
  const { wanted, newest } = await tagChoice(ruled, rule);
  if (wanted === undefined) throw noTag(pin, newest);
  return { ...ruled, wantedTag: wanted };
}

/** The same, and the newest tag of its kind, whatever the rule allows; undefined for a pin that names no tag. Throws a PullpinError. */
export async function withNewestTag(pin: TrackedPin): Promise<{ pin: TrackedPin; newest: string | undefined }> {
  const rule = ruleOf(pin);
  const ruled = rule ? await ruledPin(pin, rule) : pin;
  const { wanted, newest } = await tagChoice(ruled, rule ?? { kind: 'digest' });
  if (wanted === undefined && rule) throw noTag(pin, newest);
  return { pin: { ...ruled, wantedTag: wanted }, newest };
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

function ruleOf({ site, settings }: TrackedPin): TagRule | undefined {
  if (settings.mode === 'hashes') return undefined;
  const problem = contradiction(site);
  if (problem !== undefined) throw new SiteError('rules', problem);
  return tagRule(site, settings.level);
}

/** What a rule chooses from the tags of the pin's repository. Throws a PullpinError. */
async function tagChoice(pin: TrackedPin, rule: TagRule): Promise<TagChoice> {
  const pinned = pinnedTag(pin);
  const tags = await pin.lookUps.tags();
  const choice = rule.kind === 'newest' ? chooseNewest(pin, rule.expression, pinned) : chooseTag(rule, pinned, tags);
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

function ruleText({ rules: [rule] }: TrackedPin['site']): string {
  return rule?.text ?? '';
}

function noTag({ site }: TrackedPin, newest: string | undefined): SiteError {
  const repository = formatRepository(splitName(site.imageName.text));
  const rule = printable(ruleText(site), 100);
  const hint = newest === undefined ? '' : `; the newest of its kind is ${newest}`;
  return new SiteError('no-tag', `no tag of ${repository} fits its rule '${rule}'${hint}`);
}
