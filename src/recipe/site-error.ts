import { PullpinError } from '../errors.js';

/** A pin that cannot be handled, because of how it is written. */
export class SiteError extends PullpinError {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
