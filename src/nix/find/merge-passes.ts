import { groupedBy } from '../values/ordered.js';
import { withoutComputedPlatform } from './computed-platform.js';
import { causesOf, distinctSites, type FoundSite, isFollowable, isOpenElsewhere, siteKeys } from './distinct-sites.js';
import { allRemarks } from './notes/all-remarks.js';
import type { FoundPins, Pass } from './pass.js';

/** A site, and the system of the pass that found it. */
interface Sighting {
  readonly site: FoundSite;
  readonly system: string | undefined;
}

/**
 * Joins the passes. A site that differs between systems names the systems that it is for. A value that cannot be followed for one system (because
 * a table has no entry for it) is not a problem when it can be followed for another. The pass without a system adds only sites that no other pass
 * found.
 */
export function mergePasses(
  passes: readonly Pass[],
  systems: readonly string[],
): Pick<FoundPins, 'sites' | 'problems'> {
  const isFollowed = followedPlaces(passes);
  const sightings = passes
    .flatMap(({ system, sites }) => sites.map((site): Sighting => ({ site, system })))
    .filter(({ site, system }) => !isFollowed.has(site.start) || isFollowable(site) || isLeftOver(site, system));
  const inPasses = sightings.filter(({ site, system }) => system !== undefined || !isFollowed.has(site.start));
  // Only the pass without a system sees the default of a parameter as the file has it.
  const written = sightings.filter(({ system }) => system === undefined).map(({ site }) => site);
  const keyOf = siteKeys(sightings.map(({ site }) => site));
  const bySite = groupedBy(inPasses, ({ site }) => keyOf(site));
  const dependent = groupedBy(
    written.filter((site) => site.isPlatformDependent),
    keyOf,
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
        (system !== undefined && cause !== undefined && !isOpenElsewhere(cause.code)),
    ),
  );
  const unique = new Map(problems.map((problem) => [`${problem.start} ${problem.message}`, problem]));
  return { sites: distinctSites(sites).toSorted((a, b) => a.start - b.start), problems: [...unique.values()] };
}

/** Whether a site cannot be followed on a system, for a reason that neither callers nor another system can remove. */
function isLeftOver(site: FoundSite, system: string | undefined): boolean {
  return system !== undefined && causesOf(site).some(({ code }) => !isOpenElsewhere(code));
}

function followedPlaces(passes: readonly Pass[]): Set<number> {
  const inPasses = passes.filter(({ system }) => system !== undefined);
  return new Set(inPasses.flatMap(({ sites }) => sites.filter(isFollowable).map(({ start }) => start)));
}

/**
 * Makes one site of the same site in several passes. Where only some passes found it, the code chooses it by the system, so it is for theirs,
 * whatever a name around it says. When the passes agree that it is for one system, it is for that system. When each pass found its own system, the
 * site from the pass without a system (`known`) decides.
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
  const isChosen = seen.size > 0 && seen.size < asked.length;
  const mayBe = ({ systems: [system = ''], isPlatformDependent }: FoundSite) =>
    isPlatformDependent && (!isChosen || seen.has(system));
  const own = same.map(({ site }) => site).filter(mayBe);
  const found = withRemarks(own[0] ?? first.site, same);
  const site = isChosen ? { ...found, entry: undefined } : found;
  const [system] = [onlySystem(own), onlySystem(known.filter(mayBe))].filter((each) => each !== undefined);
  if (system !== undefined) return { ...site, systems: [system], isPlatformDependent: true };
  const isForAll = !isChosen || own.length > 0;
  return {
    ...site,
    systems: isForAll ? systems : systems.filter((system) => seen.has(system)),
    isPlatformDependent: !isForAll,
  };
}

function withRemarks(site: FoundSite, same: readonly Sighting[]): FoundSite {
  if (
    same.every(
      ({ site: { notes, rules, isFrozen } }) =>
        notes === site.notes && rules === site.rules && isFrozen === site.isFrozen,
    )
  )
    return site;
  const { notes, rules, isFrozen, apart } = allRemarks(same.map((each) => each.site));
  const { file, line, column, start, end } = site;
  const hold =
    apart === undefined ? site.hold : ({ file, line, column, start, end, part: 'pin', message: apart } as const);
  return { ...site, notes, rules, isFrozen, hold };
}

function onlySystem(sites: readonly FoundSite[]): string | undefined {
  const [system, ...others] = new Set(sites.flatMap((site) => site.systems));
  return others.length === 0 ? system : undefined;
}
