import { heavyWork } from '../concurrency/heavy-work.js';
import { closestToUse } from '../nix/find/distinct-sites.js';
import { besidesWithoutCalls, sitesWithCalls } from '../nix/find/open-ends.js';
import { isStillStray } from '../nix/find/stray-directives.js';
import { withoutRecognised } from '../nix/find/unrecognised.js';
import { findInCallers } from './callers-pins.js';
import { type FoundInFiles, findInFile } from './find-in-file.js';
import { withHolds } from './holds.js';
import { findInNamingFiles } from './naming-files.js';
import { type ListedProblem, type PinFiles, readerOf } from './pin-files.js';
import { withoutRepeats } from './same-pins.js';
import { withSharedRules, withSharedTags } from './shared-tags.js';

/** Finds the pins of several files. A file that cannot be parsed has one problem and no pins. */
export function findInFiles(pinFiles: PinFiles): FoundInFiles {
  const read = readerOf(pinFiles);
  return heavyWork(() => {
    const found = pinFiles.files.map((file) => findInFile(file, read, pinFiles));
    return joinedFinds([...found, ...findInNamingFiles(pinFiles), ...findInCallers(pinFiles, found)]);
  });
}

/** Joins the results of several files. */
export function joinedFinds(found: readonly FoundInFiles[]): FoundInFiles {
  // A pin whose values are in a separate file is found there, and again where that file is imported.
  const usedDirectives = new Set(found.flatMap((each) => [...each.usedDirectives]));
  const entered = new Set(found.flatMap((each) => [...each.entered]));
  const sites = sitesWithCalls(
    found.flatMap((each) => each.sites),
    entered,
  );
  const problems = found.flatMap((each) => each.problems);
  const besides = besidesWithoutCalls(
    found.flatMap((each) => each.besides),
    entered,
  );
  return {
    sites: withHolds(withSharedRules(withSharedTags(closestToUse(withoutRepeats(sites)))), besides),
    problems: unique(withoutRecognised(problems, sites), ({ message }) => message).filter((problem) =>
      isStillStray(problem, usedDirectives),
    ),
    besides,
    containers: unique(
      found.flatMap(({ containers = [] }) => containers),
      ({ image, archive }) => `${image.text} ${archive.name}:${archive.tag}`,
    ),
    usedDirectives,
    entered,
  };
}

/** The same place may be found from several files that import it. */
function unique<Placed extends Pick<ListedProblem, 'file' | 'line' | 'column'>>(
  placed: readonly Placed[],
  textOf: (each: Placed) => string,
): Placed[] {
  const keyOf = (each: Placed) => JSON.stringify([each.file, each.line, each.column, textOf(each)]);
  return [...new Map(placed.map((each) => [keyOf(each), each])).values()];
}
