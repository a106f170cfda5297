import type { Platform } from '../oci/platform.js';
import type { Target } from '../prefetch/targets/target.js';
import type { HashOrigin } from './origin.js';

/** What the two hashes of a mismatch are of, and what the pin says. */
export interface Case {
  readonly specified: HashOrigin | undefined;
  readonly got: HashOrigin | undefined;
  /** The image, as it is typed to pin it anew. */
  readonly image: string;
  /** The platform that was asked for on the command line, or by a setting. */
  readonly platform: Platform | undefined;
  /** `FILE` of the pin; undefined for one that was named on the command line. */
  readonly file: string | undefined;
  readonly fetches: Target['type'];
  readonly tried: number;
  /** Whether the digest names one image, so that `arch` chooses nothing. */
  readonly isOfOneImage: boolean;
}
