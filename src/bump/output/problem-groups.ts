import { firstOf, PullpinError } from '../../errors.js';
import type { BumpProblem } from '../problem.js';

/** One failure or notice, with all pins that have it. */
export interface ProblemGroup extends Pick<BumpProblem, 'severity' | 'code' | 'message' | 'error'> {
  /** `file:line` of each pin, in the order of the problems, each once. */
  readonly places: readonly string[];
  /** The image, when all pins have the same one. */
  readonly imageName: string | undefined;
}

/** The problems of a plan, each listed once: one cause that fails several images is one problem, with the message that is about all of them. */
export function groupProblems(problems: readonly BumpProblem[]): ProblemGroup[] {
  const groups = new Map<string, ProblemGroup>();
  for (const { severity, code, message, error, file, line, imageName } of problems) {
    const common = error instanceof PullpinError ? error.common : undefined;
    const key = `${severity} ${code} ${common?.key ?? message}`;
    const place = `${file}:${line}`;
    const group = groups.get(key);
    groups.set(key, {
      severity,
      code,
      message: group === undefined || group.message === message ? message : (common?.message ?? message),
      error: group?.error ?? error,
      places: group?.places.includes(place) ? group.places : [...(group?.places ?? []), place],
      imageName: group === undefined || group.imageName === imageName ? imageName : undefined,
    });
  }
  return [...groups.values()];
}

/** The most places that are listed for one problem. */
const MAX_PLACES = 10;

/** The places of one problem, as a message names them. */
export function placesText(places: readonly string[], show: (place: string) => string = (place) => place): string {
  return firstOf(places.map(show), MAX_PLACES);
}
