/**
 * Why a pin is left as it is. A `notice` is a state that the user may want, such as a pin without a tag; a `failure` is a pin that should
 * have been looked at or changed and could not be.
 */
export interface BumpProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly severity: 'notice' | 'failure';
  readonly code: string;
  readonly message: string;
  readonly imageName?: string;
  readonly imageDigest?: string;
  /** What a look-up failed with. */
  readonly error?: unknown;
}
