import { originKey } from '../nix/find/distinct-sites.js';
import { repositoryOf } from '../nix/find/notes/remarks.js';
import type { RuleNote } from '../nix/find/notes/tag-note.js';
import type { PinSite } from '../nix/find/pin-site.js';
import { literalsOf } from '../nix/values/text.js';
import { rangeKey, type SourceRange } from '../nix/values/value.js';
import { type FollowedTag, followedTag, tagsApart } from './follow.js';
import { tagRuleNotes } from './tag-rule.js';

/**
 * Pins that share the literal of their digest change together. So the tag of one of them counts for all pins of the same image that
 * name no tag themselves, unless some of them give different tags.
 */
export function withSharedTags(sites: readonly PinSite[]): PinSite[] {
  const signs = new Map<string, { readonly site: PinSite; readonly follows: FollowedTag }[]>();
  for (const site of sites) {
    const follows = followedTag(site);
    const key = digestKey(site);
    if (follows && key !== undefined) signs.set(key, [...(signs.get(key) ?? []), { site, follows }]);
  }
  return sites.map((site) => {
    if (followedTag(site) || tagsApart(site)) return site;
    const others = signs.get(digestKey(site) ?? '') ?? [];
    const [first] = others;
    if (!first || others.some(({ follows }) => follows.tag !== first.follows.tag)) return site;
    const { note } = first.follows;
    return note ? { ...site, notes: [note, ...site.notes] } : { ...site, tag: first.site.tag ?? site.tag };
  });
}

/** A key for the literals of a pin's digest, and its image; undefined for a digest that no literal holds, such as an empty one. */
function digestKey({ imageName, imageDigest }: PinSite): string | undefined {
  if (!imageDigest.segments.some(({ origin }) => origin)) return undefined;
  return `${originKey(imageDigest)} ${repositoryOf(imageName.text) ?? imageName.text}`;
}

/**
 * Pins that share a literal of their tag can only move together. So the rule of one of them counts for all that have none themselves, unless some of
 * them give different rules.
 */
export function withSharedRules(sites: readonly PinSite[]): PinSite[] {
  const rules = new Map<string, RuleNote[]>();
  for (const site of sites) {
    const own = tagRuleNotes(site);
    if (own.length === 0) continue;
    for (const place of tagPlaces(site).map(rangeKey)) rules.set(place, [...(rules.get(place) ?? []), ...own]);
  }
  if (rules.size === 0) return [...sites];
  return sites.map((site) => {
    if (tagRuleNotes(site).length > 0 || site.notes.some(({ kind }) => kind === 'directive')) return site;
    const others = tagPlaces(site).flatMap((place) => rules.get(rangeKey(place)) ?? []);
    const [first] = others;
    return first && others.every(({ text }) => text === first.text) ? { ...site, rules: [first, ...site.rules] } : site;
  });
}

/** Where the literals of a pin's tag and final tag stand. */
export function tagPlaces({ tag, finalImageTag }: PinSite): SourceRange[] {
  return [tag, finalImageTag].flatMap(literalsOf);
}
