import { siteKey } from '../nix/find/distinct-sites.js';
import type { RuleNote } from '../nix/find/notes/tag-note.js';
import type { PinSite } from '../nix/find/pin-site.js';
import { groupedBy } from '../nix/values/ordered.js';
import { rangeKey } from '../nix/values/value.js';

/**
 * Each pin once that several files show with the same values: where it stands itself, and where its file is imported. What one of them says of its
 * platform, such as the machine whose module it is, holds for all, unless another one says something else. A comment at any of them counts.
 */
export function withoutRepeats(sites: readonly PinSite[]): PinSite[] {
  return [...groupedBy(sites, siteKey).values()].map(oneOf);
}

function oneOf(same: readonly PinSite[]): PinSite {
  const [first, ...others] = same;
  if (!first) throw new TypeError('a group has a site');
  if (others.length === 0) return first;
  const notes = same.find((site) => site.notes.length > 0)?.notes ?? [];
  const rules = distinct(same.flatMap((site) => site.rules));
  return { ...first, ...platformOf(same), notes, rules, isFrozen: same.some(({ isFrozen }) => isFrozen) };
}

function distinct(rules: readonly RuleNote[]): RuleNote[] {
  return [...new Map(rules.map((rule) => [rangeKey(rule), rule])).values()];
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
