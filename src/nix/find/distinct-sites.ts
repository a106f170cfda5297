import type { AttributeSet } from '../language/syntax.js';
import { groupedBy } from '../values/ordered.js';
import type { Cause, TextValue, UnfollowableCode } from '../values/value.js';
import type { RuleNote } from './notes/tag-note.js';
import { type Followed, isWithoutHash, type PinSite } from './pin-site.js';

/** A site, and the set literals that it is made of. */
export interface FoundSite extends PinSite {
  readonly literals: readonly AttributeSet[];
}

/** A key for the places of a text: two values have the same key exactly when an edit of one also edits the other. */
export function originKey(value: Followed<TextValue> | undefined): string {
  if (!value) return '-';
  if (value.kind === 'unfollowable') return `?${value.file}:${value.start}`;
  return value.segments
    .map(({ text, origin }) => (origin ? `${origin.file}:${origin.start}-${origin.end}` : `'${text}'`))
    .join('+');
}

/** A key for a site: two sites have the same key when they have the same values from the same places. */
export function siteKey(site: PinSite): string {
  const { form, target, imageName, imageDigest, hashes, finalImageName, finalImageTag, os, arch, tag } = site;
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
  return [form, target, ...values.map(originKey)].join(' ');
}

/** Whether all values of a site could be followed. */
export function isFollowable(site: PinSite): boolean {
  return causesOf(site).length === 0;
}

/** A caller may give a parameter; for the other reasons, Nix stops too, unless the value exists for another system. */
const OPEN_ELSEWHERE: ReadonlySet<UnfollowableCode> = new Set(['parameter', 'missing-attribute', 'throws', 'platform']);

/** Whether a value that cannot be followed for this reason may be followed elsewhere (by a caller, or for another system), or is never used. */
export function isOpenElsewhere(cause: UnfollowableCode): boolean {
  return OPEN_ELSEWHERE.has(cause);
}

/** The reasons why values of a site cannot be followed; empty when all could be. */
export function causesOf({ hashes, finalImageName, finalImageTag, os, arch, layered }: PinSite): Cause[] {
  const ofLayers = [layered?.configDigest, layered?.layers, layered?.variant];
  const values = [...hashes.map(({ value }) => value), finalImageName, finalImageTag, os, arch, ...ofLayers];
  return values.flatMap((value) => (value?.kind === 'unfollowable' ? [value] : []));
}

/**
 * Returns each pin once. The same literals may be found several times: as a set of arguments and in the call with this set, or as a string and as
 * a part of a longer string. The site that is closest to the use of the pin has the most information, so it stays.
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
 * Omits a site when another one has the same digest and hashes, from the same places, and is closer to the use of the
 * pin. The sites may come from several files, of which one imports another.
 */
export function closestToUse<Site extends PinSite>(sites: readonly Site[]): Site[] {
  const groups = groupedBy(sites, ({ imageDigest }) => originKey(imageDigest));
  const rivals = new Map(Array.from(groups, ([key, group]) => [key, new Rivals(group)]));
  return sites.flatMap((site) => {
    const others = rivals.get(originKey(site.imageDigest));
    if (!others) return [site];
    return others.haveBetter(site) ? [] : [withSignsOf(others.below(site), site)];
  });
}

/** The sites of one digest, indexed so that no site has to be compared with all others. */
class Rivals {
  private readonly all = new Standing();
  private readonly withoutTag = new Standing();
  private readonly byHashes = new Map<string, Standing>();
  private readonly byTag = new Map<string, Standing>();
  private readonly byRank: (readonly PinSite[])[] = [];
  private readonly signs: (Signs | undefined)[] = [];

  constructor(sites: readonly PinSite[]) {
    for (const site of sites) this.add(site);
    for (const [level, own] of groupedBy(sites, rank)) this.byRank[level] = own;
  }

  haveBetter(site: PinSite): boolean {
    if (site.hashes.length > 0) return this.byHashes.get(hashesKey(site))?.isBetterThan(site) ?? false;
    // When a reference gives a tag that the other site does not have, the two are different pins.
    if (!isWithoutHash(site.form) || !site.tag) return this.all.isBetterThan(site);
    return this.withoutTag.isBetterThan(site) || (this.byTag.get(site.tag.text)?.isBetterThan(site) ?? false);
  }

  /** The signs that the sites of lower ranks give. */
  below(site: PinSite): Signs {
    const level = rank(site);
    const known = this.signs[level];
    if (known) return known;
    const signs = signsOf(this.byRank.slice(0, level).flat());
    this.signs[level] = signs;
    return signs;
  }

  private add(site: PinSite): void {
    this.all.add(site);
    standingOf(this.byHashes, hashesKey(site)).add(site);
    const tags = new Set([...(site.tag ? [site.tag.text] : []), ...site.notes.map(({ tag }) => tag)]);
    if (tags.size === 0) this.withoutTag.add(site);
    for (const tag of tags) standingOf(this.byTag, tag).add(site);
  }
}

/** The highest rank of some sites, and the highest rank of those that could be followed. */
class Standing {
  private highest = 0;
  private highestFollowed = 0;

  add(site: PinSite): void {
    this.highest = Math.max(this.highest, rank(site));
    if (isFollowable(site)) this.highestFollowed = Math.max(this.highestFollowed, rank(site));
  }

  isBetterThan(site: PinSite): boolean {
    return this.highest > rank(site) || (this.highestFollowed === rank(site) && !isFollowable(site));
  }
}

function standingOf(standings: Map<string, Standing>, key: string): Standing {
  const standing = standings.get(key) ?? new Standing();
  standings.set(key, standing);
  return standing;
}

/** What omitted sites say about their digest: whether it is frozen, which tag it has, and the rules for that. */
interface Signs {
  readonly isFrozen: boolean;
  /** The tag, when all these sites agree on it. */
  readonly tag: TextValue | undefined;
  readonly rules: readonly RuleNote[];
}

function signsOf(sites: readonly PinSite[]): Signs {
  const tags = sites.flatMap(({ tag }) => tag ?? []);
  const [first] = tags;
  const isOne = tags.every(({ text }) => text === first?.text);
  return {
    isFrozen: sites.some(({ isFrozen }) => isFrozen),
    tag: isOne ? first : undefined,
    rules: sites.flatMap(({ rules }) => rules),
  };
}

function withSignsOf<Site extends PinSite>(others: Signs, site: Site): Site {
  const isFrozen = site.isFrozen || others.isFrozen;
  // The tag that a pin has itself wins over the tag of an omitted site.
  const tag = site.tag || site.notes.length > 0 ? undefined : others.tag;
  const rules = site.rules.length > 0 ? site.rules : others.rules;
  const isSame = isFrozen === site.isFrozen && !tag && rules.length === site.rules.length;
  return isSame ? site : { ...site, isFrozen, tag: tag ?? site.tag, rules };
}

function literalsInUse(sites: readonly FoundSite[]): Set<unknown> {
  const users = sites.filter(({ form, literals }) => form === 'call' || literals.length > 1);
  return new Set(users.flatMap(({ literals }) => literals));
}

function rank({ form, hashes, imageName }: PinSite): number {
  if (hashes.length > 0) return form === 'call' || form === 'layered' ? 5 : 4;
  if (form !== 'oci-string') return 1;
  return imageName.segments.length > 1 || imageName.segments[0]?.origin === undefined ? 3 : 2;
}

function hashesKey({ hashes }: PinSite): string {
  return hashes.map(({ value }) => originKey(value)).join(' ');
}
