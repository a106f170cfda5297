import { PullpinError, printable } from '../../errors.js';
import { contradiction, tagRule } from '../../list/tag-rule.js';
import { formatRepository, splitName } from '../../oci/reference.js';
import { SiteError } from '../../recipe/site-error.js';
import { chooseTag } from '../../tag-rules/choose-tag.js';
import type { TagChoice } from '../../tag-rules/choose-version.js';
import type { TagRule } from '../../tag-rules/rule.js';
import type { TrackedPin } from '../site/tracked-pin.js';
import { chooseNewest } from './newest-tag.js';

/** The pin with the tag that its rule leads to; without a rule, the pin as it is. Throws a PullpinError. */
export async function withWantedTag(pin: TrackedPin): Promise<TrackedPin> {
  const { site, settings } = pin;
  if (settings.mode === 'hashes') return pin;
  const problem = contradiction(site);
  if (problem !== undefined) throw new SiteError('rules', problem);
  const rule = tagRule(site, settings.level);
  if (!rule) return pin;
  const { wanted, newest } = await tagChoice(pin, rule);
  if (wanted === undefined) throw noTag(pin, newest);
  return { ...pin, wantedTag: wanted };
}

/** What a rule chooses from the tags of the pin's repository. Throws a PullpinError. */
export async function tagChoice(pin: TrackedPin, rule: TagRule): Promise<TagChoice> {
  const { lookUps, site } = pin;
  const pinned = pinnedTag(pin);
  try {
    const tags = await lookUps.tags();
    return rule.kind === 'newest'
      ? await chooseNewest(pin, rule.expression, pinned)
      : await chooseTag(rule, pinned, tags);
  } catch (error) {
    // What is wrong is the rule in the file, and no word of the command line.
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
