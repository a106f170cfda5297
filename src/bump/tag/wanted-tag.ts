import { contradiction, tagRule, tagRuleNotes } from '../../list/tag-rule.js';
import { formatRepository, splitName } from '../../oci/reference.js';
import { compileRegularExpression } from '../../patterns/regular-expression.js';
import { SiteError } from '../../recipe/site-error.js';
import { writtenPlatform } from '../../recipe/site-text.js';
import type { TagRule } from '../../tag-rules/rule.js';
import { parseVersion } from '../../tag-rules/version.js';
import type { TrackedPin } from '../site/tracked-pin.js';
import { asRule, chooseWanted, tagChoice } from './choose-wanted.js';
import { cooldownFor, heldBack } from './cooldown.js';
import type { ImageInQuestion, TagQuestion } from './tag-question.js';

/**
 * The pin with the tag that its rule leads to; without a rule, the pin as it is. An image that is too new for its cooldown is held back: then the
 * newest one is taken that is not, and the pin stays when there is none. Throws a PullpinError.
 */
export async function withWantedTag(pin: TrackedPin): Promise<TrackedPin> {
  if (pin.settings.mode === 'hashes') return pin;
  const rule = ruleOf(pin);
  if (!rule) return withCooldown(pin);
  const ruled = await ruledPin(pin, rule);
  const { tag, held } = await chooseWanted(questionOf(ruled, rule));
  if (tag !== undefined) return { ...ruled, wantedTag: tag, held };
  if (pinnedTag(ruled) === undefined) return { ...ruled, held, stays: true };
  return withCooldown({ ...ruled, wantedTag: ruled.follows?.tag, held });
}

/** The pin, which stays as it is when the image that its tag has now is too new. */
async function withCooldown(pin: TrackedPin): Promise<TrackedPin> {
  const found = pin.follows && (await heldBack(imageOf(pin), pin.follows.tag));
  return found ? { ...pin, wantedTag: undefined, held: pin.held ?? found, stays: true } : pin;
}

/** The newest tag of a pin's kind, whatever its rule allows; undefined for a pin that names no tag. Throws a PullpinError. */
export async function newestTag(pin: TrackedPin): Promise<string | undefined> {
  const rule = ruleOf(pin) ?? { kind: 'digest' };
  const { newest } = await tagChoice(questionOf(await ruledPin(pin, rule), rule));
  return newest;
}

function imageOf(pin: TrackedPin): ImageInQuestion {
  const { site, lookUps, settings } = pin;
  const repository = formatRepository(splitName(site.imageName.text));
  const platform = () => writtenPlatform(site) ?? settings.platform;
  return { lookUps, repository, digest: site.imageDigest.text, platform, cooldown: cooldownFor(pin) };
}

function questionOf(pin: TrackedPin, rule: TagRule): TagQuestion {
  return { ...imageOf(pin), rule, ruleText: ruleText(pin.site), pinnedTag: pinnedTag(pin) };
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
      : await asRule(
          { ruleText: ruleText(site) },
          compileRegularExpression(rule.expression.body, rule.expression.flags),
        );
  const fits = (tag: string): boolean => matches(tag) || parseVersion(tag) !== undefined;
  if (fits(follows.tag)) return pin;
  const note = site.notes.find(({ kind, tag }) => kind !== 'directive' && fits(tag));
  return { ...pin, follows: note && { tag: note.tag, by: 'comment', note } };
}

/** The tag that a rule starts from. One that the user assumes for pins without a tag is none. */
function pinnedTag({ follows }: TrackedPin): string | undefined {
  return follows?.by === 'assumed' ? undefined : follows?.tag;
}

function ruleText(site: TrackedPin['site']): string {
  return tagRuleNotes(site)[0]?.text ?? '';
}
