import type { Signed } from './signed.js';

/** Why something is no signature of a digest. The larger the rank, the closer it came. */
export interface Failure {
  readonly rank: number;
  readonly reason: string;
}

/** Somebody whom the user trusts: a key, or who is named in a file. */
export interface Signer {
  /** Why this is not a signature by this signer; undefined when it is one. What it claims is another question. */
  whyNot(found: Signed): Failure | undefined;
}
