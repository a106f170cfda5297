import type { SourceRange } from '../../values/value.js';

/**
 * What a comment near a pin says of the tag that it follows: a directive `pullpin: TAG`, a version beside the name or digest, `tag X`,
 * `name:tag` of the same repository, or a pasted command. The range is that of the tag alone.
 */
export interface TagNote extends SourceRange {
  readonly kind: 'directive' | 'version' | 'tag' | 'reference' | 'command';
  readonly tag: string;
  /** Whether it is a command that names the pin's own image. */
  readonly namesImage?: boolean;
}
