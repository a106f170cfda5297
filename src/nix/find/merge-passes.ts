import { distinctSites, type FoundSite, isFollowable, siteKey } from './distinct-sites.js';
import type { Pass } from './pass.js';
import type { FoundPins } from './pin-site.js';
import { foldArchitectures } from './shared-hashes.js';

/**
 * The passes as one. A site that is not the same for all systems says which ones it is for. What cannot be followed for one system (a table
 * that lacks it) is no trouble where it can for another, and the pass for no system only adds what is found for none.
 */
export function mergePasses(passes: readonly Pass[], systems: readonly string[]): Omit<FoundPins, 'usedDirectives'> {
  const followable = new Set(passes.flatMap(({ sites }) => sites.filter(isFollowable).map(({ start }) => start)));
  const found = new Map<string, { readonly site: FoundSite; readonly systems: Set<string> }>();
  for (const { system, sites } of passes) {
    for (const site of sites) {
      if (followable.has(site.start) && (system === undefined || !isFollowable(site))) continue;
      if (system !== undefined && isForOthers(site, system, systems)) continue;
      const entry = found.get(siteKey(site)) ?? { site, systems: new Set() };
      if (system !== undefined) entry.systems.add(system);
      found.set(siteKey(site), entry);
    }
  }
  const each = Array.from(found.values(), ({ site, systems: own }) => forSystems(site, own, systems));
  const sites = foldArchitectures(each);
  const starts = new Set(sites.map(({ start }) => start));
  const problems = passes
    .flatMap((pass) => pass.problems)
    .filter(({ code, start, pin }) => code === 'malformed-directive' || !starts.has((pin ?? { start }).start));
  const unique = new Map(problems.map((problem) => [`${problem.start} ${problem.message}`, problem]));
  return { sites: distinctSites(sites).toSorted((a, b) => a.start - b.start), problems: [...unique.values()] };
}

/** Under `packages.aarch64-linux`, what another system would make of the values is of no interest. */
function isForOthers(site: FoundSite, system: string, systems: readonly string[]): boolean {
  return (
    site.isPlatformDependent && !site.systems.includes(system) && site.systems.some((own) => systems.includes(own))
  );
}

function forSystems(site: FoundSite, own: ReadonlySet<string>, systems: readonly string[]): FoundSite {
  if (site.isPlatformDependent) return site;
  const isForAll = own.size === 0 || own.size === systems.length;
  return {
    ...site,
    systems: isForAll ? systems : systems.filter((system) => own.has(system)),
    isPlatformDependent: !isForAll,
  };
}
