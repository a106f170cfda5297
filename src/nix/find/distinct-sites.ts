import type { AttributeSet } from '../language/syntax.js';
import type { TextValue } from '../values/value.js';
import { type Followed, isWithoutHash, type PinSite } from './pin-site.js';

/** A site, and the set literals that it was put together from. */
export interface FoundSite extends PinSite {
  readonly literals: readonly AttributeSet[];
}

/** Where a text is written, as one word: the same for two values exactly when an edit of one is an edit of the other. */
export function originKey(value: Followed<TextValue> | undefined): string {
  if (!value) return '-';
  if (value.kind === 'unfollowable') return `?${value.file}:${value.start}`;
  return value.segments
    .map(({ text, origin }) => (origin ? `${origin.file}:${origin.start}-${origin.end}` : `'${text}'`))
    .join('+');
}

/** The same for two sites that have the same values from the same places, however they are reached. */
export function siteKey(site: PinSite): string {
  const { form, imageName, imageDigest, hashes, finalImageName, finalImageTag, os, arch, tag } = site;
  const values = [
    imageName,
    imageDigest,
    ...hashes.map(({ value }) => value),
    finalImageName,
    finalImageTag,
    os,
    arch,
    tag,
  ];
  return [form, ...values.map(originKey)].join(' ');
}

/** Whether all values of a site could be followed. */
export function isFollowable({ hashes, finalImageName, finalImageTag, os, arch }: PinSite): boolean {
  const values = [...hashes.map(({ value }) => value), finalImageName, finalImageTag, os, arch];
  return values.every((value) => value?.kind !== 'unfollowable');
}

/**
 * Each pin once. The same literals can be seen several ways: as arguments by themselves and in the call that takes them, as a string and as
 * a part of a longer one. The one closest to the use of the pin has the most information, and stays.
 */
export function distinctSites(found: readonly FoundSite[]): PinSite[] {
  const unique = [...new Map(found.map((site) => [siteKey(site), site])).values()];
  const literalsOfCalls = literalsInUse(unique);
  const left = unique.filter(
    ({ form, literals }) =>
      !(form === 'arguments' && literals.length === 1 && literals.every((each) => literalsOfCalls.has(each))),
  );
  return closestToUse(left).map(({ literals: _, ...site }) => site);
}

/**
 * Leaves out what another site says better: one with the same digest and hashes, from the same places, that is closer to the use of the
 * pin. The sites may come from several files, of which one imports another.
 */
export function closestToUse<Site extends PinSite>(sites: readonly Site[]): Site[] {
  const byDigest = new Map<string, Site[]>();
  for (const site of sites) {
    const key = originKey(site.imageDigest);
    byDigest.set(key, [...(byDigest.get(key) ?? []), site]);
  }
  const isBest = (site: Site) => !hasBetterRival(site, byDigest.get(originKey(site.imageDigest)) ?? []);
  return sites.filter(isBest).map((site) => withSignsOf(rivalsBelow(site, byDigest), site));
}

function rivalsBelow<Site extends PinSite>(site: Site, byDigest: ReadonlyMap<string, readonly Site[]>): Site[] {
  return (byDigest.get(originKey(site.imageDigest)) ?? []).filter((rival) => rank(rival) < rank(site));
}

/** A site that is left out may still give facts about the digest: that it is frozen, and its tag when the pin itself gives none. */
function withSignsOf<Site extends PinSite>(others: readonly PinSite[], site: Site): Site {
  const isFrozen = site.isFrozen || others.some((other) => other.isFrozen);
  const tags = site.tag || site.notes.length > 0 ? [] : others.filter(({ tag }) => tag);
  const [first] = tags;
  const isOne = tags.every(({ tag }) => tag?.text === first?.tag?.text);
  const tag = isOne && first?.tag ? { tag: first.tag } : {};
  return isFrozen === site.isFrozen && !first ? site : { ...site, isFrozen, ...tag };
}

function literalsInUse(sites: readonly FoundSite[]): Set<unknown> {
  const users = sites.filter(({ form, literals }) => form === 'call' || literals.length > 1);
  return new Set(users.flatMap(({ literals }) => literals));
}

function hasBetterRival(site: PinSite, rivals: readonly PinSite[]): boolean {
  return rivals.some((rival) => {
    if (site.hashes.length > 0 && hashesKey(site) !== hashesKey(rival)) return false;
    if (followsAnother(site, rival)) return false;
    const isBetter = rank(rival) - rank(site);
    return isBetter > 0 || (isBetter === 0 && !isFollowable(site) && isFollowable(rival));
  });
}

/** Whether a reference gives a tag that its rival does not have: then it is not another spelling of the same pin. */
function followsAnother({ form, tag }: PinSite, rival: PinSite): boolean {
  if (!isWithoutHash(form) || !tag) return false;
  const tags = [...(rival.tag ? [rival.tag] : []), ...rival.notes].map((each) =>
    'tag' in each ? each.tag : each.text,
  );
  return tags.length > 0 && !tags.includes(tag.text);
}

function rank({ form, hashes, imageName }: PinSite): number {
  if (hashes.length > 0) return form === 'call' ? 5 : 4;
  if (form !== 'oci-string') return 1;
  return imageName.segments.length > 1 || imageName.segments[0]?.origin === undefined ? 3 : 2;
}

function hashesKey({ hashes }: PinSite): string {
  return hashes.map(({ value }) => originKey(value)).join(' ');
}
