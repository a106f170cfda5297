import { type Cause, rangeKey } from '../values/value.js';
import type { Candidate } from './candidates/candidate.js';
import { causesOf, type FoundSite, isFollowable, isOpenElsewhere, originKey } from './distinct-sites.js';
import type { HashBeside, PinProblem, PinSite } from './pin-site.js';

/** A candidate and its assessment. */
export interface Assessed {
  readonly candidate: Candidate;
  readonly site?: FoundSite | undefined;
  readonly problems: readonly PinProblem[];
  readonly besides: readonly HashBeside[];
  readonly cause?: Cause;
}

/**
 * What is left of a walk, in which the body of a function is seen by itself and once more for each call. What could not be followed in a function by
 * itself is left out when a call of that function has solved it.
 */
export class OpenEnds {
  private readonly followed: ReadonlySet<string>;
  private readonly seen: ReadonlySet<string>;

  constructor(
    private readonly assessed: readonly Assessed[],
    /** The parameters of the functions that were seen with the arguments of a call, by `rangeKey`. */
    private readonly entered: ReadonlySet<string>,
  ) {
    const placed = assessed.flatMap(({ site, candidate }) => (site ? [{ site, candidate }] : []));
    this.followed = new Set(
      placed.flatMap(({ site, candidate }) => (isFollowable(site) ? [rangeKey(candidate.written)] : [])),
    );
    this.seen = new Set(placed.flatMap(({ candidate }) => [candidate.written, candidate.node].map(rangeKey)));
  }

  sites(): FoundSite[] {
    return this.assessed.flatMap(({ site, candidate }) =>
      site &&
      (isFollowable(site) ||
        !this.followed.has(rangeKey(candidate.written)) ||
        this.isOwnEnd(candidate, causesOf(site)))
        ? [site]
        : [],
    );
  }

  problems(): PinProblem[] {
    const argumentsOfCalls = new Set(
      this.assessed.flatMap(({ candidate: { kind, value } }) =>
        kind === 'call' && value.kind === 'set' ? value.literals : [],
      ),
    );
    // A problem with a call's arguments is reported for the call.
    const isSaidOfCall = ({ candidate, site }: Assessed): boolean =>
      candidate.kind === 'arguments' && !site && candidate.value.literals.every((each) => argumentsOfCalls.has(each));
    return this.assessed
      .filter((each) => !isSaidOfCall(each))
      .flatMap(({ candidate, problems }) =>
        problems.filter(
          ({ code, cause }) => code === 'malformed-directive' || !this.isSolved(candidate, cause ? [cause] : []),
        ),
      );
  }

  /** The hashes beside digests that could not be followed. */
  besides(): HashBeside[] {
    return this.assessed.flatMap(({ candidate, besides, cause }) =>
      cause && this.isSolved(candidate, [cause]) ? [] : besides.map((beside) => ({ ...beside, cause })),
    );
  }

  private isSolved(candidate: Candidate, causes: readonly Cause[]): boolean {
    return this.seen.has(rangeKey(candidate.written)) && !this.isOwnEnd(candidate, causes);
  }

  /**
   * Whether a call itself is the reason that a candidate cannot be followed, so that success with another call of the same function solves nothing.
   * Such a call stands in a function, too, when it hands on what nothing is seen to give to that function.
   */
  private isOwnEnd({ node, written }: Candidate, causes: readonly Cause[]): boolean {
    return node !== written && causes.some((cause) => !this.isEntered(cause));
  }

  private isEntered({ code, parameter }: Cause): boolean {
    return parameter ? this.entered.has(rangeKey(parameter)) : isOpenElsewhere(code);
  }
}

/**
 * Omits the pins in functions that cannot be followed there, where calls in other files give all that is missing. `entered` are the
 * parameters of the functions that were seen with the arguments of a call, by `rangeKey`.
 */
export function sitesWithCalls(sites: readonly PinSite[], entered: ReadonlySet<string>): PinSite[] {
  const isOpen = (site: PinSite) => causesOf(site).every((cause) => isGiven(cause, entered));
  const followed = new Set(sites.filter(isFollowable).map(({ imageDigest }) => originKey(imageDigest)));
  return sites.filter((site) => isFollowable(site) || !isOpen(site) || !followed.has(originKey(site.imageDigest)));
}

/** What can stand beside a digest in a function, without what its calls in other files decide: each call is seen by itself. */
export function besidesWithoutCalls(besides: readonly HashBeside[], entered: ReadonlySet<string>): HashBeside[] {
  return besides.filter(({ cause }) => !cause || !isGiven(cause, entered));
}

function isGiven({ parameter }: Cause, entered: ReadonlySet<string>): boolean {
  return parameter !== undefined && entered.has(rangeKey(parameter));
}
