import type { TagRule } from '../../../tag-rules/rule.js';
import type { SourceRange } from '../../values/value.js';

/**
 * A comment near a pin that names the tag of the pin: a directive `pullpin: TAG`, a version beside the name or digest, `tag X`,
 * `name:tag` of the same repository, or a pasted command. The range covers the tag only.
 */
export interface TagNote extends SourceRange {
  readonly kind: 'directive' | 'version' | 'tag' | 'reference' | 'command';
  readonly tag: string;
  /** Whether the note is a command that names the image of this pin. */
  readonly namesImage?: boolean;
}

/** How long an image must have been there before a pin may move to it, in milliseconds. */
export interface CooldownRule {
  readonly kind: 'cooldown';
  readonly milliseconds: number;
}

/** A directive near a pin that gives a rule for it: `pullpin: ^1.27`, `pullpin: cooldown 7d`. The range is that of the comment. */
export interface RuleNote extends SourceRange {
  readonly text: string;
  readonly rule: TagRule | CooldownRule;
}
