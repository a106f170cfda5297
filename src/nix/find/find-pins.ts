import { RARE_SYSTEMS, USUAL_SYSTEMS } from '../evaluation/platforms.js';
import { parseNix } from '../language/parser.js';
import { Budget } from '../values/budget.js';
import { type Naming, NixFiles, type ReadFile } from '../values/files.js';
import type { SourceRange } from '../values/value.js';
import type { RunImage } from './candidates/candidate.js';
import { Locations } from './locations.js';
import { mergePasses } from './merge-passes.js';
import { besidesOfDefaults, type FoundPins, findFor } from './pass.js';
import type { PinProblem } from './pin-site.js';
import { strayDirectives } from './stray-directives.js';
import { digestsInNix, withoutRecognised } from './unrecognised.js';

/** Settings for the search for the pins of one source. */
export interface FindSettings {
  /** The path of the source: it names the file in all results, and imports are resolved against its folder. */
  readonly path: string;
  /** Reads a file that an import names, by a path made from `path`; gives undefined for one that does not exist or is out of bounds. */
  readonly read?: ReadFile;
  /** Where files have other names than their paths; `path` and what `read` gets are names. */
  readonly naming?: Naming | undefined;
  /** Whether the source is looked at although nothing in it is like a pin, because it may call functions of files with pins. */
  readonly isCaller?: boolean | undefined;
  /** The systems for which platform-dependent values are computed, the likeliest first. */
  readonly systems?: readonly string[];
}

/** A source without any of these has no pins and no directives, and is not parsed. */
const MAY_MATTER = /pullImage|imageDigest|sha256:|[Pp]ull[Pp]in:|@\$\{|[0-9a-f]{64}/;

/**
 * Finds the pins of container images in a Nix source, with their values followed to the literals that hold them.
 * A value that depends on the platform makes one site for each different outcome. Throws a NixSyntaxError.
 */
export function findPins(source: string, settings: FindSettings): FoundPins {
  const { path, read = () => undefined, naming, systems: usual = USUAL_SYSTEMS, isCaller = false } = settings;
  const usedDirectives = new Set<string>();
  const nothing = { sites: [], problems: [], besides: [], usedDirectives, entered: new Set<string>() };
  if (!isCaller && !mayMatter(source)) return nothing;
  const files = new NixFiles(parseNix(source, path), read, naming);
  const budget = new Budget(source.length);
  const find = (systems: readonly string[], system: string | undefined) =>
    findFor(system, { files, systems, usedDirectives, budget });
  const first = find(usual, usual[0]);
  const systems = [...usual, ...(first.consultedPlatform ? namedBeside(usual, files) : [])];
  const others = first.consultedPlatform ? [...systems.slice(1), undefined].map((system) => find(systems, system)) : [];
  const passes = [first, ...others];
  const hasDefaults = passes.some(({ consultedDefault }) => consultedDefault);
  const open = hasDefaults ? besidesOfDefaults({ files, systems, usedDirectives, budget }) : [];
  // The budget ran out, so a site that was found may be part of a pin that was not found: none is used.
  if (budget.isSpent) return { ...nothing, problems: [tooHeavy(files, budget)] };
  const { sites, problems } = mergePasses(passes, systems);
  const everySite = passes.flatMap((pass) => pass.sites);
  const all = [...problems, ...strayDirectives(files, usedDirectives), ...digestsInNix(files, everySite)];
  const besides = [...passes.flatMap((pass) => pass.besides), ...open];
  const containers = first.runImages.map((each) => ({ ...each, ...new Locations(files).at(placeOf(each)) }));
  const entered = new Set(passes.flatMap((pass) => [...pass.entered]));
  return { sites, problems: withoutRecognised(all, everySite), besides, containers, usedDirectives, entered };
}

function placeOf({ image, written }: RunImage): SourceRange {
  return image.segments.find(({ origin }) => origin)?.origin ?? written;
}

/** More systems that the files name, such as the keys of a table. */
function namedBeside(systems: readonly string[], files: NixFiles): readonly string[] {
  return RARE_SYSTEMS.filter((system) => !systems.includes(system) && files.mention(system));
}

/** Whether anything in a source is like a pin or a directive. */
export function mayMatter(source: string): boolean {
  return MAY_MATTER.test(source);
}

/** The only result for a file whose values take too much work: a problem, and no pins. */
function tooHeavy(files: NixFiles, { endedAt }: Budget): PinProblem {
  const { path, root } = files.main;
  const place = endedAt?.file === path ? endedAt : { file: path, start: root.start, end: root.end };
  const message =
    'the file is too heavy to follow, so that none of its pins is looked at: its work came to an end here; write less in one file';
  return { ...new Locations(files).at(place), code: 'unfollowable', message };
}
