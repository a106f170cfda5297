import { SYSTEMS } from '../evaluation/platforms.js';
import { parseNix } from '../language/parser.js';
import { NixFiles, type ReadFile } from '../values/files.js';
import { rangeKey } from './candidates/candidate.js';
import { distinctSites } from './distinct-sites.js';
import { findJsonPins } from './json-pins.js';
import { Locations } from './locations.js';
import { mergePasses } from './merge-passes.js';
import { directivesOf } from './notes/remarks.js';
import { findFor } from './pass.js';
import type { FoundPins, PinProblem } from './pin-site.js';

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
  const usedDirectives = new Set<string>();
  const find = (system: string | undefined) => findFor(system, { files, systems, usedDirectives });
  const first = find(systems[0]);
  if (!first.consultedPlatform) {
    return withStrays({ sites: distinctSites(first.sites), problems: first.problems }, files, usedDirectives);
  }
  const others = [...systems.slice(1), undefined].map(find);
  return withStrays(mergePasses([first, ...others], systems), files, usedDirectives);
}

/** A directive that belongs to no pin is a problem: who wrote it trusts it. A file without pins may hold the values of others. */
function withStrays({ sites, problems }: FoundPins, files: NixFiles, usedDirectives: ReadonlySet<string>): FoundPins {
  if (sites.length === 0) return { sites, problems };
  const locations = new Locations(files);
  const strays = directivesOf(files.main).filter((directive) => !usedDirectives.has(rangeKey(directive)));
  const message = 'this directive belongs to no pin that can be followed; write it on a line directly above one';
  const found = strays.map(
    (directive): PinProblem => ({ ...locations.at(directive), code: 'stray-directive', message }),
  );
  return { sites, problems: [...problems, ...found] };
}
