import { heavyWork } from '../concurrency/heavy-work.js';
import { PullpinError } from '../errors.js';
import { closestToUse } from '../nix/find/distinct-sites.js';
import { findPins } from '../nix/find/find-pins.js';
import type { PinProblem, PinSite } from '../nix/find/pin-site.js';
import { isStillStray } from '../nix/find/stray-directives.js';
import { withoutRecognised } from '../nix/find/unrecognised.js';
import { NixSyntaxError } from '../nix/language/position.js';
import { type ListedProblem, type PinFiles, type Read, readerOf, type SourceFile } from './pin-files.js';
import { withSharedTags } from './shared-tags.js';

/** What is in some files, found without any network. */
export interface FoundInFiles {
  readonly sites: readonly PinSite[];
  readonly problems: readonly (PinProblem | ListedProblem)[];
  /** The directives that belong to these pins, by `rangeKey`. */
  readonly usedDirectives: ReadonlySet<string>;
}

/** Finds the pins of several files. A file that cannot be parsed is a problem of its own. */
export function findInFiles(pinFiles: PinFiles): FoundInFiles {
  const read = readerOf(pinFiles);
  return heavyWork(() => joined(pinFiles.files.map((file) => findInFile(file, read))));
}

/** Finds the pins of one file. When it cannot be parsed, that is its only problem. */
export function findInFile({ path, text }: SourceFile, read: Read): FoundInFiles {
  try {
    return heavyWork(() => findPins(text, { path, read }));
  } catch (error) {
    if (!(error instanceof PullpinError)) throw error;
    return { sites: [], problems: [unreadable(path, error)], usedDirectives: new Set() };
  }
}

/** Joins what was found in each of several files. */
export function joined(found: readonly FoundInFiles[]): FoundInFiles {
  // A pin whose values stand in a file of their own is seen there, and again where that file is imported.
  const usedDirectives = new Set(found.flatMap((each) => [...each.usedDirectives]));
  const sites = found.flatMap((each) => each.sites);
  const problems = found.flatMap((each) => each.problems);
  return {
    sites: withSharedTags(closestToUse(sites)),
    problems: unique(withoutRecognised(problems, sites)).filter((problem) => isStillStray(problem, usedDirectives)),
    usedDirectives,
  };
}

/** The same place may be found from several files that import it. */
function unique<Problem extends ListedProblem>(problems: readonly Problem[]): Problem[] {
  const keyOf = ({ file, line, column, message }: Problem) => JSON.stringify([file, line, column, message]);
  return [...new Map(problems.map((problem) => [keyOf(problem), problem])).values()];
}

function unreadable(file: string, error: PullpinError): ListedProblem {
  const { line, column, problem } =
    error instanceof NixSyntaxError ? error : { line: 1, column: 1, problem: error.message };
  return { file, line, column, code: 'unreadable', message: problem };
}
