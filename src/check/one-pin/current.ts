import { contradiction, tagRule } from '../../list/tag-rule.js';
import { chooseTag } from '../../tag-rules/choose-tag.js';
import { bumpAdvice, type Finding, findingAt, notMoved } from '../findings/finding.js';
import { type CheckedPin, failureOf } from './checked-pin.js';

/** Whether the tag of a pin still gives its digest, or an index that lists it, and whether its rule still leads to that tag. */
export async function checkCurrent(pin: CheckedPin): Promise<Finding[]> {
  const { site, follows } = pin;
  if (site.isFrozen) return [];
  const problem = contradiction(site);
  if (problem !== undefined) return [findingAt(site, 'malformed-directive', problem)];
  const [ofRule, ofTag] = await Promise.all([checkRule(pin), follows ? checkTag(pin, follows.tag) : []]);
  if (follows || tagRule(site)) return [...ofRule, ...ofTag];
  const fix = "write '# pullpin: TAG' above it";
  return [findingAt(site, 'untracked', 'nothing says which tag it follows, so only its digest is checked', { fix })];
}

async function checkTag({ site, digest, lookUps }: CheckedPin, tag: string): Promise<Finding[]> {
  try {
    const latest = await lookUps.resolve(tag);
    if (latest === digest) return [];
    const now = await lookUps.manifest(latest);
    if (now.type === 'index' && now.entries.some((entry) => entry.digest === digest)) return [];
    return [findingAt(site, 'moved-tag', `tag ${tag} has ${latest} now`, { fix: bumpAdvice(site) })];
  } catch (error) {
    return [failureOf(site, error, 'dead-tag')];
  }
}

/** Whether the rule of a pin leads to another tag by now. A rule for the newest image would need every image of the repository: bump looks at them. */
async function checkRule({ site, follows, lookUps, settings }: CheckedPin): Promise<Finding[]> {
  const rule = tagRule(site);
  if (!rule || rule.kind === 'newest') return [];
  const pinned = follows?.by === 'assumed' ? undefined : follows?.tag;
  try {
    const { wanted } = await chooseTag(rule, pinned, await lookUps.tags());
    if (wanted === undefined || wanted === pinned) return [];
    const message = `its rule leads to tag ${wanted}${pinned === undefined ? '' : ` instead of ${pinned}`}`;
    const refusal = follows && pinned !== undefined ? settings.refusesMove?.(site, follows, wanted) : undefined;
    const fix = refusal === undefined ? bumpAdvice(site) : notMoved(refusal);
    return [findingAt(site, 'newer-tag', message, { fix })];
  } catch (error) {
    return [failureOf(site, error, 'look-up-failed')];
  }
}
