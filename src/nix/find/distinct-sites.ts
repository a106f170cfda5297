import type { AttributeSet } from '../language/syntax.js';
import { groupedBy } from '../values/ordered.js';
import type { Cause, TextValue, UnfollowableCode } from '../values/value.js';
import { repositoryOf } from './notes/remarks.js';
import { namesTag, type Signs, signsOf, withSignsOf } from './notes/signs.js';
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

/**
 * What gives a key for each of some sites: two of them have the same key when they have the same values from the same places. Most digests are in
 * one site only; then the place of the digest is enough, and the key is short.
 *
 * @param keyOf a key that is also different where two sites are to be kept apart although their values are the same
 */
export function siteKeys<Site extends PinSite>(
  sites: readonly Site[],
  keyOf: (site: Site) => string = siteKey,
): (site: Site) => string {
  const digests = new Set<string>();
  const shared = new Set<string>();
  for (const { imageDigest } of sites) {
    const digest = originKey(imageDigest);
    (digests.has(digest) ? shared : digests).add(digest);
  }
  return (site) => {
    const digest = originKey(site.imageDigest);
    return shared.has(digest) ? keyOf(site) : digest;
  };
}

/** The whole key of a site, of all its values. */
export function siteKey(site: PinSite): string {
  const { form, target, imageName, imageDigest, hashes, finalImageName, finalImageTag, os, arch, tag } = site;
  const others = [...hashes.map(({ value }) => value), finalImageName, finalImageTag, os, arch, tag];
  return [form, target, ...[imageName, imageDigest, ...others].map(originKey)].join(' ');
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
  const keyOf = siteKeys(found);
  const unique = [...new Map(found.map((site) => [keyOf(site), site])).values()];
  const literalsOfCalls = literalsInUse(unique);
  const left = unique.filter(
    ({ form, literals }) =>
      !(form === 'arguments' && literals.length === 1 && literals.every((each) => literalsOfCalls.has(each))),
  );
  return closestToUse(left).map(({ literals: _, ...site }) => site);
}

/**
 * Omits a site when another one has the same digest and hashes, from the same places, and is closer to the use of the
 * pin. The sites may come from several files, of which one imports another. A string of another image stays, and so does one with a tag of its own.
 */
export function closestToUse<Site extends PinSite>(sites: readonly Site[]): Site[] {
  const groups = [...groupedBy(sites, ({ imageDigest }) => originKey(imageDigest))].filter(
    ([, { length }]) => length > 1,
  );
  const rivals = new Map(groups.map(([key, group]) => [key, new Rivals(group)]));
  return sites.flatMap((site) => {
    const others = rivals.get(originKey(site.imageDigest));
    if (!others) return [site];
    return others.haveBetter(site) ? [] : [withSignsOf(others.below(site), site)];
  });
}

/** The sites of one digest, indexed so that no site has to be compared with all others. */
class Rivals {
  private readonly standings = new Map<string, Standing>();
  private readonly byRank: (readonly PinSite[])[] = [];
  private readonly signs: (Signs | undefined)[] = [];

  constructor(sites: readonly PinSite[]) {
    for (const site of sites) for (const key of keysOf(site)) this.standingOf(key).add(site);
    for (const [level, own] of groupedBy(sites, rank)) this.byRank[level] = own;
  }

  haveBetter(site: PinSite): boolean {
    return keysOfBetter(site).some((key) => this.standingOf(key).isBetterThan(site));
  }

  /** The signs that the sites of lower ranks give. */
  below(site: PinSite): Signs {
    const level = rank(site);
    const known = this.signs[level];
    if (known) return known;
    const lower = this.byRank.slice(0, level).flat();
    const signs = signsOf(
      lower,
      lower.filter((each) => this.haveBetter(each)),
    );
    this.signs[level] = signs;
    return signs;
  }

  private standingOf(key: string): Standing {
    const standing = this.standings.get(key) ?? new Standing();
    this.standings.set(key, standing);
    return standing;
  }
}

const ANY = 'any';

/** What a site counts for: a site of which `keysOfBetter` gives one of these may be omitted for it. */
function keysOf(site: PinSite): string[] {
  const { imageName, finalImageName, finalImageTag, tag } = site;
  const images = new Set([imageName, finalImageName].filter((value) => value?.kind === 'text').map(imageKey));
  const literals = new Set(
    [tag, finalImageTag].filter((value) => value?.kind === 'text').flatMap((text) => tagKey(site, text) ?? []),
  );
  const tags = namesTag(site) ? [...literals] : [UNTAGGED];
  return [ANY, hashesKey(site), ...[...images].flatMap((image) => [image, ...tags.map((each) => `${image} ${each}`)])];
}

function keysOfBetter(site: PinSite): string[] {
  if (site.hashes.length > 0) return [hashesKey(site)];
  if (!isWithoutHash(site.form)) return [ANY];
  const image = imageKey(site.imageName);
  if (!namesTag(site)) return [image];
  return [UNTAGGED, tagKey(site, site.tag) ?? UNTAGGED].map((tag) => `${image} ${tag}`);
}

const UNTAGGED = 'untagged';

/** The literal that says the tag; undefined where a directive says another one, or no literal does. */
function tagKey({ notes }: PinSite, tag: TextValue | undefined): string | undefined {
  const isWritten = tag?.segments.some(({ origin }) => origin) && !notes.some(({ kind }) => kind === 'directive');
  return isWritten ? originKey(tag) : undefined;
}

function imageKey({ text }: TextValue): string {
  return `image ${repositoryOf(text) ?? text}`;
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
  return `hashes ${hashes.map(({ value }) => originKey(value)).join(' ')}`;
}
