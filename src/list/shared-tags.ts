import { originKey } from '../nix/find/distinct-sites.js';
import { repositoryOf } from '../nix/find/notes/remarks.js';
import type { PinSite } from '../nix/find/pin-site.js';
import { type FollowedTag, followedTag, tagsApart } from './follow.js';

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
