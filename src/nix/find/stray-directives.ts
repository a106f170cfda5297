import type { NixFiles } from '../values/files.js';
import { rangeKey, type SourceRange } from '../values/value.js';
import { Locations } from './locations.js';
import { directivesOf } from './notes/remarks.js';
import type { Location, PinProblem } from './pin-site.js';

/** The problems of directives that belong to no pin: their authors rely on them. `usedDirectives` are those that belong to a pin, by `rangeKey`. */
export function strayDirectives(files: NixFiles, usedDirectives: ReadonlySet<string>): PinProblem[] {
  const locations = new Locations(files);
  return directivesOf(files.main)
    .filter((directive) => !usedDirectives.has(rangeKey(directive)))
    .map((directive) => strayDirective(locations.at(directive)));
}

/** What to write in place of a directive that says nothing that is known. */
export const MALFORMED = "write '# pullpin: ' and a tag, a rule such as ^1.27, cooldown 7d, or freeze";

/** The problem of one of them. */
export function strayDirective(location: Location): PinProblem {
  const message = 'this directive belongs to no pin that can be followed; write it on a line directly above one';
  return { ...location, code: 'stray-directive', message };
}

/** Whether a problem remains when the pins of other files, with the directives that they use, are known too. */
export function isStillStray(
  problem: { readonly code: string } & (SourceRange | { readonly file: string }),
  usedDirectives: ReadonlySet<string>,
): boolean {
  return !(problem.code === 'stray-directive' && 'start' in problem && usedDirectives.has(rangeKey(problem)));
}
