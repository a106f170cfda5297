import { groupedBy } from '../values/ordered.js';
import { withoutComputedPlatform } from './computed-platform.js';
import { causesOf, distinctSites, type FoundSite, isFollowable, isOpenElsewhere, siteKey } from './distinct-sites.js';
import type { Pass } from './pass.js';
import type { FoundPins } from './pin-site.js';

/** A site as it was found on one system. */
interface Sighting {
  readonly site: FoundSite;
  readonly system: string | undefined;
}

/**
 * Joins the passes. A site that is not the same for all systems says which ones it is for. A value that cannot be followed for one system
 * (because a table lacks it) is not a problem when it can be followed for another. The pass without a system only adds what it alone finds.
 */
export function mergePasses(
  passes: readonly Pass[],
  systems: readonly string[],
): Pick<FoundPins, 'sites' | 'problems'> {
  const isFollowed = followedPlaces(passes);
  const sightings = passes
    .flatMap(({ system, sites }) => sites.map((site): Sighting => ({ site, system })))
    .filter(({ site, system }) => !isFollowed.has(site.start) || isFollowable(site) || isLeftOver(site, system))
    .filter((each) => passes.length === 1 || !isForOthers(each, systems));
  const inPasses = sightings.filter(({ site, system }) => system !== undefined || !isFollowed.has(site.start));
  // The pass for no system sees a default as it is written.
  const written = sightings.filter(({ system }) => system === undefined).map(({ site }) => site);
  const bySite = groupedBy(inPasses, ({ site }) => siteKey(site));
  const dependent = groupedBy(
    written.filter((site) => site.isPlatformDependent),
    siteKey,
  );
  const asked = passes.flatMap(({ system }) => system ?? []);
  const merged = Array.from(bySite, ([key, same]) => {
    return mergedSite(same, dependent.get(key) ?? [], asked, systems);
  });
  const sites = withoutComputedPlatform(merged, written, systems);
  const starts = new Set(sites.map(({ start }) => start));
  const problems = passes.flatMap(({ system, problems }) =>
    problems.filter(
      ({ code, start, pin, cause }) =>
        code === 'malformed-directive' ||
        !starts.has((pin ?? { start }).start) ||
        (system !== undefined && cause !== undefined && !isOpenElsewhere(cause)),
    ),
  );
  const unique = new Map(problems.map((problem) => [`${problem.start} ${problem.message}`, problem]));
  return { sites: distinctSites(sites).toSorted((a, b) => a.start - b.start), problems: [...unique.values()] };
}

/** Of what is written at one place, one part can be followed and another one, of another call or on another system, cannot. */
function isLeftOver(site: FoundSite, system: string | undefined): boolean {
  return system !== undefined && causesOf(site).some((cause) => !isOpenElsewhere(cause));
}

function followedPlaces(passes: readonly Pass[]): Set<number> {
  const inPasses = passes.filter(({ system }) => system !== undefined);
  return new Set(inPasses.flatMap(({ sites }) => sites.filter(isFollowable).map(({ start }) => start)));
}

/** Under `packages.aarch64-linux`, the values for another system do not matter. */
function isForOthers({ site, system }: Sighting, systems: readonly string[]): boolean {
  if (system === undefined || !site.isPlatformDependent) return false;
  return !site.systems.includes(system) && site.systems.some((own) => systems.includes(own));
}

/**
 * A site that was seen several times. That it is for one system counts where it was seen so, unless each pass saw its own system: then what
 * is `known` without any counts.
 */
function mergedSite(
  same: readonly Sighting[],
  known: readonly FoundSite[],
  asked: readonly string[],
  systems: readonly string[],
): FoundSite {
  const [first] = same;
  if (!first) throw new TypeError('a site is seen at least once');
  const seen = new Set(same.flatMap(({ system }) => system ?? []));
  const own = same.map(({ site }) => site).filter(({ isPlatformDependent }) => isPlatformDependent);
  const site = own[0] ?? first.site;
  const [system] = [onlySystem(own), onlySystem(known)].filter((each) => each !== undefined);
  if (system !== undefined) return { ...site, systems: [system], isPlatformDependent: true };
  const isForAll = seen.size === 0 || seen.size === asked.length || own.length > 0;
  return {
    ...site,
    systems: isForAll ? systems : systems.filter((system) => seen.has(system)),
    isPlatformDependent: !isForAll,
  };
}

function onlySystem(sites: readonly FoundSite[]): string | undefined {
  const [system, ...others] = new Set(sites.flatMap((site) => site.systems));
  return others.length === 0 ? system : undefined;
}
