import { createHash } from 'node:crypto';

/** A SHA-256 under way that can go back to where it was. */
export interface RunningHash {
  update(bytes: Uint8Array): void;
  /** Remembers this moment; what is returned goes back to it. */
  checkpoint(): () => void;
  /** The hash in hex. The end: nothing may follow. */
  digest(): string;
  /** A state from which `resumeHash` can resume in another process; undefined when this hash has no state to save. */
  save(): Uint8Array | undefined;
}

/** The fastest SHA-256 there is in Node; its state cannot be had. */
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
