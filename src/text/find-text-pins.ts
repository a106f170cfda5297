import { PullpinError } from '../errors.js';
import { USUAL_SYSTEMS } from '../nix/evaluation/platforms.js';
import { directivesOf } from '../nix/find/notes/remarks.js';
import type { FoundPins } from '../nix/find/pass.js';
import type { PinProblem, PinSite } from '../nix/find/pin-site.js';
import { strayDirective } from '../nix/find/stray-directives.js';
import type { DataFormat } from '../nix/language/data-format.js';
import { Lines, NixSyntaxError, type Range } from '../nix/language/position.js';
import { rangeKey } from '../nix/values/value.js';
import { DataPins } from './data-pins.js';
import { parseJsonData } from './json/json-tree.js';
import { loadedParser } from './load-parsers.js';
import { mayHavePins } from './may-have-pins.js';
import type { DataFile, ParseData } from './tree/data-file.js';
import { unpinnedIn } from './unpinned.js';

/** How the pins of a data file are looked for. */
export interface TextSettings {
  readonly path: string;
  readonly format: DataFormat;
  /** Whether image strings without a digest are pins, too. */
  readonly withUnpinned: boolean;
}

/**
 * Finds the pins of container images in a JSON, TOML or YAML file. A YAML or TOML file that cannot be parsed may be a template: only the digests
 * in it are reported. Throws a NixSyntaxError for text that is not JSON, and a PullpinError where the parser of the format is not loaded.
 */
export function findTextPins(source: string, settings: TextSettings): FoundPins {
  const { path, format, withUnpinned } = settings;
  const none = { sites: [], problems: [], besides: [], usedDirectives: new Set<string>(), entered: NO_CALLS };
  if (!mayHavePins(source, format, withUnpinned)) return none;
  const parse = parserOf(settings);
  let file: DataFile;
  try {
    file = parse(source, path);
  } catch (error) {
    if (format === 'json' || !(error instanceof NixSyntaxError)) throw error;
    return { ...none, problems: digestsOfTemplate(source, path, error) };
  }
  const pins = new DataPins(file, format, USUAL_SYSTEMS).find();
  const unpinned = withUnpinned ? unpinnedIn(file, pins.usedDirectives) : { sites: [], usedDirectives: [] };
  const usedDirectives = new Set([...pins.usedDirectives, ...unpinned.usedDirectives]);
  const problems = [...pins.problems, ...strays(file, usedDirectives)];
  return {
    sites: inOrder([...pins.sites, ...unpinned.sites]),
    problems,
    besides: [],
    usedDirectives,
    entered: NO_CALLS,
  };
}

const NO_CALLS: ReadonlySet<string> = new Set();

function parserOf({ path, format }: TextSettings): ParseData {
  const parser = format === 'json' ? parseJsonData : loadedParser(format);
  if (parser) return parser;
  throw new PullpinError(
    `${path}: the parser of ${format.toUpperCase()} is not loaded: open the file with openPinFiles`,
  );
}

function inOrder(sites: readonly PinSite[]): PinSite[] {
  return sites.toSorted((one, other) => one.start - other.start);
}

function strays(file: DataFile, used: ReadonlySet<string>): PinProblem[] {
  const lines = new Lines(file.source);
  return directivesOf(file)
    .filter((directive) => !used.has(rangeKey(directive)))
    .map((directive) => strayDirective({ ...directive, ...lines.at(directive.start) }));
}

const DIGEST = /sha256:[0-9a-f]{64}(?![0-9a-f])/g;
/** Digests of other things are not behind an image, and their key does not say so. */
const OF_IMAGE = /@$|digest["']?\s*[:=]\s*["']?$/i;

/** The digests of images in a text that is not in its format, as a chart's template is not. */
function digestsOfTemplate(source: string, path: string, { line, problem }: NixSyntaxError): PinProblem[] {
  const lines = new Lines(source);
  const behindImages = Array.from(source.matchAll(DIGEST)).filter(({ index }) =>
    OF_IMAGE.test(source.slice(Math.max(0, index - 30), index)),
  );
  return behindImages.map(({ index, 0: imageDigest }): PinProblem => {
    const range: Range = { start: index, end: index + imageDigest.length };
    const message = `the digest '${imageDigest}' stays as it is, because the file cannot be read (line ${line}: ${problem})`;
    return { file: path, ...range, ...lines.at(index), code: 'unrecognised', message, imageDigest };
  });
}
