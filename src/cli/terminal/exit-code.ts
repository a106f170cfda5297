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

const OF_KIND: Readonly<Record<FailureKind, number>> = {
  failure: EXIT.failure,
  usage: EXIT.usage,
  authentication: EXIT.authentication,
  'not-found': EXIT.notFound,
  'rate-limited': EXIT.rateLimited,
};

/** The code that all failures have in common, else that of a failure; 0 without any. */
export function exitCodeOf(failures: readonly unknown[]): number {
  const codes = new Set(
    failures.map((failure) => (failure instanceof PullpinError ? OF_KIND[failure.kind] : EXIT.failure)),
  );
  const [code = EXIT.done] = codes;
  return codes.size > 1 ? EXIT.failure : code;
}
