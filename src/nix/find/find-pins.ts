import { Evaluator } from '../evaluation/evaluator.js';
import { NixFiles, type ReadFile } from '../evaluation/files.js';
import { SYSTEMS } from '../evaluation/platforms.js';
import { parseNix } from '../language/parser.js';
import type { AttributeSet, Comment, Expression } from '../language/syntax.js';
import { Assessor } from './assess.js';
import { findCandidates } from './candidates.js';
import { distinctSites, type FoundSite, isFollowable, siteKey } from './distinct-sites.js';
import { findJsonPins } from './json-pins.js';
import type { FoundPins, PinProblem } from './pin-site.js';
import { Places } from './places.js';
import { directivesOf } from './tag-notes.js';

/** How the pins of one source are looked for. */
export interface FindSettings {
  /** The path of the source: it names the file in all results, and imports are resolved against its folder. A name that ends in `.json` makes it JSON. */
  readonly path: string;
  /** Reads a file that an import names, by a path made from `path`; gives undefined for one that does not exist or is out of bounds. */
  readonly read?: ReadFile;
  /** The systems to follow platform-dependent values for, the likeliest first. */
  readonly systems?: readonly string[];
}

/** A source without any of these pins nothing, and is not even parsed. */
const MAY_HOLD_PINS = /pullImage|imageDigest|sha256:/;

/**
 * Finds the pins of container images in a Nix or JSON source, with their values followed to the literals that hold them.
 * A value that depends on the platform makes one site for each different outcome. Throws a NixSyntaxError when the source is neither.
 */
export function findPins(source: string, settings: FindSettings): FoundPins {
  const { path, read = () => undefined, systems = SYSTEMS } = settings;
  if (path.endsWith('.json')) return findJsonPins(source, path, systems);
  if (!MAY_HOLD_PINS.test(source)) return { sites: [], problems: [] };
  const files = new NixFiles(parseNix(source, path), read);
  const usedDirectives = new Set<Comment>();
  const first = findFor(files, systems[0], systems, usedDirectives);
  if (!first.consultedPlatform)
    return withStrays({ sites: distinctSites(first.sites), problems: first.problems }, files, usedDirectives);
  const others = [...systems.slice(1), undefined].map((system) => findFor(files, system, systems, usedDirectives));
  return withStrays(merge([first, ...others], systems), files, usedDirectives);
}

/** A directive that belongs to no pin is told: who wrote it believes that it holds. A file without pins may hold the values of others. */
function withStrays({ sites, problems }: FoundPins, files: NixFiles, usedDirectives: ReadonlySet<Comment>): FoundPins {
  if (sites.length === 0) return { sites, problems };
  const places = new Places(files);
  const strays = directivesOf(files.main).filter((directive) => !usedDirectives.has(directive));
  const told = strays.map((directive): PinProblem => {
    const message = 'this directive belongs to no pin that can be followed; write it on a line directly above one';
    return { ...places.at(files.main.path, directive), code: 'stray-directive', message };
  });
  return { sites, problems: [...problems, ...told] };
}

/** What was found for one system; for none, what depends on the platform is not followed. */
interface Pass {
  readonly system: string | undefined;
  readonly sites: readonly FoundSite[];
  readonly problems: readonly PinProblem[];
  readonly consultedPlatform: boolean;
}

function findFor(
  files: NixFiles,
  system: string | undefined,
  systems: readonly string[],
  usedDirectives: Set<Comment>,
): Pass {
  const evaluator = new Evaluator(files, system);
  const assessor = new Assessor(evaluator, systems, usedDirectives);
  const sites: FoundSite[] = [];
  const problems: { readonly written: Expression; readonly problem: PinProblem }[] = [];
  const followed = new Set<Expression>();
  const candidates = findCandidates(evaluator);
  const taken = new Set(
    candidates.flatMap(({ kind, value }) => (kind === 'call' && value.kind === 'set' ? value.literals : [])),
  );
  /** Literals of pins that are calls, written where they are found. */
  const told = new Set<AttributeSet>();
  for (const candidate of candidates) {
    const [literal, ...others] = candidate.kind === 'arguments' ? candidate.value.literals : [];
    // The call is closer to the use of the pin, and nothing is left of its arguments beside it; see distinctSites.
    if (literal && others.length === 0 && told.has(literal)) continue;
    const assessment = assessor.assess(candidate);
    if (assessment.site) {
      sites.push(assessment.site);
      if (candidate.kind === 'call' && candidate.node === candidate.written)
        for (const each of assessment.site.literals) told.add(each);
      followed.add(candidate.written).add(candidate.node);
    }
    // What is wrong with a call's arguments is told of the call.
    if (candidate.kind === 'arguments' && !assessment.site && candidate.value.literals.every((each) => taken.has(each)))
      continue;
    problems.push(...assessment.problems.map((problem) => ({ written: candidate.written, problem })));
  }
  // What could not be followed where it is written may have been followed from a caller of the function around it.
  const isOpen = ({ written, problem }: (typeof problems)[number]) =>
    problem.code === 'malformed-directive' || !followed.has(written);
  const left = problems.filter(isOpen).map(({ problem }) => problem);
  return { system, sites, problems: left, consultedPlatform: evaluator.consultedPlatform };
}

/**
 * The passes as one. A site that is not the same for all systems says which ones it is for. What cannot be followed for one system (a table
 * that lacks it) is no trouble where it can for another, and the pass for no system only adds what is found for none.
 */
function merge(passes: readonly Pass[], systems: readonly string[]): FoundPins {
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
  const sites = Array.from(found.values(), ({ site, systems: own }) => forSystems(site, own, systems));
  const places = new Set(sites.map(({ start }) => start));
  const problems = passes
    .flatMap((pass) => pass.problems)
    .filter(({ code, start }) => code === 'malformed-directive' || !places.has(start));
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
