import type { Followed, HashBeside, PinSite } from '../nix/find/pin-site.js';
import { literalsOf, overlap } from '../nix/values/text.js';
import { rangeKey, type SourceRange, type TextValue } from '../nix/values/value.js';

/**
 * Adds a hold to each pin whose digest must not change. A digest may change only if every hash that can stand beside it changes as well, so a pin
 * is held when its digest stands beside a hash that no pin has together with it.
 */
export function withHolds(sites: readonly PinSite[], besides: readonly HashBeside[]): PinSite[] {
  const held = new Map<PinSite, HashBeside>();
  for (const beside of distinct(besides)) {
    const same = sites.filter((site) => isAmong([site.imageDigest], beside.digest));
    const { hash, isGiven = false } = beside;
    if (isGiven && !same.some(({ form }) => form === 'call')) continue;
    if (
      hash &&
      same.some(({ hashes }) =>
        isAmong(
          hashes.map(({ value }) => value),
          hash,
        ),
      )
    )
      continue;
    for (const site of same) if (!held.has(site)) held.set(site, beside);
  }
  return sites.map((site) => {
    const beside = held.get(site);
    return beside ? { ...site, hold: beside.reason } : site;
  });
}

function distinct(besides: readonly HashBeside[]): HashBeside[] {
  const keyOf = ({ digest, hash, reason }: HashBeside) => `${rangeKey(digest)} ${rangeKey(hash ?? reason)}`;
  return [...new Map(besides.map((beside) => [keyOf(beside), beside])).values()];
}

function isAmong(values: readonly Followed<TextValue>[], literal: SourceRange): boolean {
  return values.flatMap(literalsOf).some((place) => overlap(place, literal));
}
