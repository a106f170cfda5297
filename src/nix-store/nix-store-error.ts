import { PullpinError } from '../errors.js';

/** Nix is missing, or refused what was asked of its store. */
export class NixStoreError extends PullpinError {
  constructor(
    readonly program: string,
    readonly problem: string,
    /** There is no Nix on this machine. */
    readonly isMissing = false,
  ) {
    super(`${program}: ${problem}`);
  }
}
