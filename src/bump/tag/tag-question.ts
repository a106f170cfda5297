import type { Platform } from '../../oci/platform.js';
import type { RepositoryLookUps } from '../../pin/look-ups.js';
import type { TagRule } from '../../tag-rules/rule.js';

/** An image of which a tag may be chosen: a pin in a file, or an entry of a lock. */
export interface ImageInQuestion {
  readonly lookUps: RepositoryLookUps;
  /** The repository, with its registry. */
  readonly repository: string;
  /** The digest that it has; undefined when it gets one for the first time. */
  readonly digest: string | undefined;
  /** The platform whose image says when it was made. Throws a PullpinError where the file does not show it. */
  readonly platform: () => Platform;
  /** How long an image must have been there before this one may move to it, in milliseconds; 0 when it may have any. */
  readonly cooldown: number;
}

/** An image with the rule that chooses its tag. */
export interface TagQuestion extends ImageInQuestion {
  readonly rule: TagRule;
  /** The rule as it is written. */
  readonly ruleText: string;
  /** The tag that the rule starts from; undefined where there is none. */
  readonly pinnedTag: string | undefined;
}
