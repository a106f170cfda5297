import type { PinSite } from '../nix/find/pin-site.js';
import { findInFiles } from './find.js';
import { type ListedPin, toListedPin } from './listed-pin.js';
import type { ListedProblem, PinFiles } from './pin-files.js';
import { createSelector, type PinSelection } from './select.js';

/** What some files hold, in the documented JSON of `pullpin list --json` (docs/json.md). */
export interface PinList {
  readonly pins: readonly ListedPin[];
  /** What looks like a pin and cannot be handled, and files that cannot be read. */
  readonly problems: readonly ListedProblem[];
}

/** The pins of some files, and the tags that they follow; without any network. */
export function listPins(pinFiles: PinFiles, selection: PinSelection = {}): PinList {
  const { isWanted, isWantedFile } = createSelector(pinFiles, selection);
  const found = findInFiles(pinFiles);
  const sites = found.sites.filter(isWanted);
  const problems = found.problems.filter(({ file }) => isWantedFile(file));
  return {
    pins: sites.map((site) => toListedPin(site)),
    problems: [...problems, ...sites.flatMap(flawProblem), ...(pinFiles.unreadable ?? [])].map(toListedProblem),
  };
}

/** What is wrong with a pin's text, as a bump would say it. */
function flawProblem({ flaw, isFrozen, file, line, column, imageDigest }: PinSite): ListedProblem[] {
  return flaw && !isFrozen ? [{ file, line, column, ...flaw, imageDigest: imageDigest.text }] : [];
}

function toListedProblem({ file, line, column, code, message, imageDigest }: ListedProblem): ListedProblem {
  return { file, line, column, code, message, ...(imageDigest !== undefined && { imageDigest }) };
}
