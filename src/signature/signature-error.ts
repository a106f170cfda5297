import { PullpinError } from '../errors.js';

/** An image must be signed, and is not: its pin is not to be used. The message names the digest, the key and the reason. */
export class SignatureError extends PullpinError {
  constructor(
    message: string,
    /** Whether the registry gave no answer, so that nothing is known of a signature. */
    readonly isUnknown: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
