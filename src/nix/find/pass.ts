import { Evaluator } from '../evaluation/evaluator.js';
import type { AttributeSet } from '../language/syntax.js';
import type { Budget } from '../values/budget.js';
import type { NixFiles } from '../values/files.js';
import { Assessor } from './assess.js';
import type { Candidate, RunImage } from './candidates/candidate.js';
import { findCandidates } from './candidates/find-candidates.js';
import { ForeignFetchers } from './candidates/foreign-fetchers.js';
import type { FoundSite } from './distinct-sites.js';
import { HashesBeside } from './hashes-beside.js';
import { Locations } from './locations.js';
import { type Assessed, OpenEnds } from './open-ends.js';
import type { Caution, ContainerImage, HashBeside, PinProblem, PinSite } from './pin-site.js';

/** The pins and problems of one source, in the order of the source. */
export interface FoundPins {
  readonly sites: readonly PinSite[];
  /** They include the directives that belong to no pin of this source. Such a directive may still belong to a pin of another source. */
  readonly problems: readonly PinProblem[];
  /** The hashes that can stand beside a digest although no pin of this source has both. */
  readonly besides: readonly HashBeside[];
  readonly containers?: readonly ContainerImage[];
  /** The directives that belong to its pins, in any file, by `rangeKey`. */
  readonly usedDirectives: ReadonlySet<string>;
  /** The parameters of the functions, in any file, that were seen with the arguments of a call, by `rangeKey`. */
  readonly entered: ReadonlySet<string>;
}

/** The result of one pass, for one system. In the pass without a system, values that depend on the platform are unknown. */
export interface Pass {
  readonly system: string | undefined;
  readonly sites: readonly FoundSite[];
  readonly problems: readonly PinProblem[];
  readonly besides: readonly HashBeside[];
  readonly runImages: readonly RunImage[];
  readonly entered: ReadonlySet<string>;
  readonly consultedPlatform: boolean;
  /** Whether a parameter had its default, because no caller was seen. */
  readonly consultedDefault: boolean;
}

/** What all passes over a source share. */
export interface PassSettings {
  readonly files: NixFiles;
  readonly systems: readonly string[];
  /** Receives the places of the directives that belong to a pin. */
  readonly usedDirectives: Set<string>;
  /** Limits the work of all passes together. */
  readonly budget: Budget;
}

const NOTHING = {
  sites: [],
  problems: [],
  besides: [],
  runImages: [],
  entered: new Set<string>(),
  consultedPlatform: false,
  consultedDefault: false,
};

/** Finds the pins of a source as they are on one system. */
export function findFor(system: string | undefined, { files, systems, usedDirectives, budget }: PassSettings): Pass {
  const evaluator = new Evaluator(files, system, budget);
  const assessor = new Assessor(evaluator, systems, usedDirectives);
  const beside = new HashesBeside(files);
  const { candidates, localCalls, unknownCalls, runImages, entered } = findCandidates(evaluator);
  // A file that takes too much work gets no partial result.
  if (budget.isSpent) return { ...NOTHING, system };
  const foreign = new ForeignFetchers(localCalls, candidates);
  const calls = candidates
    .filter(({ kind }) => kind === 'call')
    .map((candidate) => assess(candidate, assessor, beside));
  const argumentsOfPins = new Set(calls.filter(isWrittenCall).flatMap(({ site }) => site?.literals ?? []));
  const others = candidates
    .filter((candidate) => candidate.kind !== 'call' && !isOnly(candidate, argumentsOfPins))
    .map((candidate) => assess(candidate, assessor, beside));
  const handedOver = unknownCalls.flatMap((call) => beside.ofUnknownCall(call, candidates));
  const open = new OpenEnds(inOrderOf(candidates, [...calls, ...others]), entered);
  return {
    system,
    sites: open.sites().map((site) => withFetcher(site, foreign, new Locations(files))),
    problems: open.problems(),
    besides: system === undefined ? [] : [...open.besides(), ...handedOver],
    runImages,
    entered,
    consultedPlatform: evaluator.consultedPlatform,
    consultedDefault: evaluator.consultedDefault,
  };
}

/** The hashes that can stand beside digests when callers give other values than the defaults of parameters. */
export function besidesOfDefaults({ files, budget }: PassSettings): HashBeside[] {
  const beside = new HashesBeside(files);
  const { candidates, unknownCalls } = findCandidates(new Evaluator(files, undefined, budget, true));
  if (budget.isSpent) return [];
  const ofFunctions = unknownCalls.flatMap((call) => beside.ofUnknownCall(call, candidates));
  return [...candidates.flatMap((candidate) => beside.ofOtherArguments(candidate)), ...ofFunctions];
}

const FETCHERS = { 'docker-archive': 'dockerTools.pullImage', nar: 'nix2container.pullImage' } as const;

/** A pin says so that only a function takes which hands nothing to a known fetcher, and one whose new hash is that of an assumed fetcher. */
function withFetcher(site: FoundSite, foreign: ForeignFetchers, locations: Locations): FoundSite {
  const { unknownFetcher = '' } = site;
  // A bare pullImage is most likely that of nixpkgs.
  if (unknownFetcher.includes('.') && site.hashes.some(({ isPlaceholder }) => isPlaceholder)) {
    const message = `nothing shows what ${unknownFetcher} makes, so its hash is filled in as that of ${FETCHERS[site.target]}`;
    return withCaution(site, 'unknown-fetcher', message);
  }
  const call = site.form === 'arguments' ? foreign.of(site.literals) : undefined;
  if (!call) return site;
  const { file, line } = locations.at(call.callee);
  const message = `fetcher ${call.name === '' ? '' : `${call.name} `}at ${file}:${line} passes nothing to pullImage, so only the old hash can show what it makes`;
  return withCaution(site, 'foreign-fetcher', message);
}

function withCaution(site: FoundSite, code: Caution['code'], message: string): FoundSite {
  const { file, line, column, start, end, cautions = [] } = site;
  return { ...site, cautions: [...cautions, { code, message, file, line, column, start, end }] };
}

function assess(candidate: Candidate, assessor: Assessor, beside: HashesBeside): Assessed {
  const assessment = assessor.assess(candidate);
  const { site } = assessment;
  return {
    candidate,
    ...assessment,
    ...(site ? { besides: beside.ofSite(site) } : beside.ofUnfollowed(candidate)),
  };
}

function inOrderOf(candidates: readonly Candidate[], assessed: readonly Assessed[]): Assessed[] {
  const byCandidate = new Map(assessed.map((each) => [each.candidate, each]));
  return candidates.flatMap((candidate) => byCandidate.get(candidate) ?? []);
}

/** Whether a call is written at the place of its pin. Then its arguments are not another pin; see distinctSites. */
function isWrittenCall({ candidate }: Assessed): boolean {
  return candidate.kind === 'call' && candidate.node === candidate.written;
}

/** Whether a candidate is exactly one of these sets. */
function isOnly(candidate: Candidate, sets: ReadonlySet<AttributeSet>): boolean {
  const [literal, ...others] = candidate.kind === 'arguments' ? candidate.value.literals : [];
  return literal !== undefined && others.length === 0 && sets.has(literal);
}
