import { siteKeys } from '../nix/find/distinct-sites.js';
import { allRemarks } from '../nix/find/notes/all-remarks.js';
import type { PinSite } from '../nix/find/pin-site.js';
import { groupedBy } from '../nix/values/ordered.js';

/**
 * Each pin once that several files show with the same values: where it stands itself, and where its file is imported. What one of them says of its
 * platform, such as the machine whose module it is, holds for all, unless another one says something else. A comment at any of them counts.
 */
export function withoutRepeats(sites: readonly PinSite[]): PinSite[] {
  return [...groupedBy(sites, siteKeys(sites)).values()].map(oneOf);
}

function oneOf(same: readonly PinSite[]): PinSite {
  const [first, ...others] = same;
  if (!first) throw new TypeError('a group has a site');
  if (others.length === 0) return first;
  const { notes, rules, isFrozen, apart } = allRemarks(same);
  const { file, line, column, start, end } = first;
  const hold =
    apart === undefined ? first.hold : { file, line, column, start, end, part: 'pin' as const, message: apart };
  return { ...first, ...platformOf(same), notes, rules, isFrozen, hold };
}

function platformOf(same: readonly PinSite[]): Partial<PinSite> {
  const known = same.filter(({ isPlatformDependent }) => isPlatformDependent);
  const [one] = known;
  if (!one) return {};
  const isAgreed = new Set(known.map(({ systems }) => systems.join())).size === 1;
  const source = isAgreed ? one : same.find(({ isPlatformDependent }) => !isPlatformDependent);
  if (!source) return { systems: [...new Set(known.flatMap(({ systems }) => systems))], isPlatformDependent: false };
  const { systems, isPlatformDependent, assumed } = source;
  return { systems, isPlatformDependent, assumed };
}
