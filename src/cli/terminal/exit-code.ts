import { type FailureKind, PullpinError } from '../../errors.js';

/** The exit codes, which scripts rely on. */
export const EXIT = {
  done: 0,
  failure: 1,
  usage: 2,
  changesNeeded: 3,
  authentication: 4,
  notFound: 5,
  rateLimited: 6,
  interrupted: 130,
} as const;

/** The code of a run that a signal ends: 128 and the number of the signal, as shells count. SIGPIPE is for a reader that stops reading. */
export const EXIT_OF_SIGNAL = { SIGINT: EXIT.interrupted, SIGTERM: 143, SIGHUP: 129, SIGPIPE: 141 } as const;

/** What each code means, as the help and the man page say it. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: 'Done, or nothing to do',
  failure: 'A failure, or several of different kinds',
  usage: 'The command line makes no sense',
  changesNeeded: 'A pin is outdated (check, bump --check)',
  authentication: 'A registry wants other credentials',
  notFound: 'There is no such image',
  rateLimited: 'A registry allows no more requests for now',
  interrupted: 'Interrupted; 143 and 129 after SIGTERM and SIGHUP',
};

const OF_KIND: Readonly<Record<FailureKind, number>> = {
  failure: EXIT.failure,
  usage: EXIT.usage,
  authentication: EXIT.authentication,
  'not-found': EXIT.notFound,
  'rate-limited': EXIT.rateLimited,
};

/** The exit code of all failures when it is the same, otherwise the general one; 0 when there is no failure. */
export function exitCodeOf(failures: readonly unknown[]): number {
  const codes = new Set(
    failures.map((failure) => (failure instanceof PullpinError ? OF_KIND[failure.kind] : EXIT.failure)),
  );
  const [code = EXIT.done] = codes;
  return codes.size > 1 ? EXIT.failure : code;
}
