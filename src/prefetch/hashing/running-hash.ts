import { createHash } from 'node:crypto';

/** A SHA-256 in progress that can return to an earlier state. */
export interface RunningHash {
  update(bytes: Uint8Array): void;
  /** Remembers the current state; the returned function restores it. */
  checkpoint(): () => void;
  /** The hash in hex. Nothing may be added afterwards. */
  digest(): string;
  /** A state from which `resumeHash` can resume in another process; undefined when this hash has no state to save. */
  save(): Uint8Array | undefined;
}

/** The fastest SHA-256 in Node; its state cannot be saved. */
export class NativeHash implements RunningHash {
  private hash = createHash('sha256');

  update(bytes: Uint8Array): void {
    this.hash.update(bytes);
  }

  checkpoint(): () => void {
    const copy = this.hash.copy();
    return () => {
      this.hash = copy;
    };
  }

  digest(): string {
    return this.hash.digest('hex');
  }

  save(): undefined {
    return undefined;
  }
}
