import { createSHA256, type IHasher } from 'hash-wasm';
import { NativeHash, type RunningHash } from './running-hash.js';

/** A SHA-256 whose state can be saved, at a fifth of the speed of the native one. */
class SavableHash implements RunningHash {
  constructor(private readonly hasher: IHasher) {}

  update(bytes: Uint8Array): void {
    this.hasher.update(bytes);
  }

  checkpoint(): () => void {
    const state = this.hasher.save();
    return () => this.hasher.load(state);
  }

  digest(): string {
    return this.hasher.digest('hex');
  }

  save(): Uint8Array {
    return this.hasher.save();
  }
}

/** Resumes from a saved state. Undefined when the state is not of this version. */
export async function resumeHash(state: Uint8Array): Promise<RunningHash | undefined> {
  const hasher = await createSHA256();
  try {
    hasher.load(state);
    return new SavableHash(hasher);
  } catch {
    return undefined;
  }
}

/** Bytes that are kept until it is clear how fast they come. */
const MEASURED = 4 * 1024 * 1024;
/** Bytes per second that the savable hash can follow without a noticeable delay. */
const SLOW = 100_000_000;

/**
 * The native hash, and a second one whose state can be saved, as long as the bytes come so slowly that the second one costs no extra time.
 * When they come fast, it stops the second one: an image that downloads quickly need not be resumed.
 */
export class RecordingHash implements RunningHash {
  private readonly native = new NativeHash();
  private readonly started: number;
  private state: 'measuring' | 'recording' | 'given up' = 'measuring';
  private readonly waiting: Uint8Array[] = [];
  private received = 0;

  private constructor(
    private readonly hasher: IHasher,
    private readonly clock: () => number,
    private readonly isAlwaysRecorded: boolean,
  ) {
    this.started = clock();
    hasher.init();
  }

  /** @param clock milliseconds; @param always records however fast the bytes come, which slows a fast download down */
  static async create(clock: () => number, always: boolean): Promise<RecordingHash> {
    return new RecordingHash(await createSHA256(), clock, always);
  }

  update(bytes: Uint8Array): void {
    this.native.update(bytes);
    this.received += bytes.length;
    if (this.state === 'measuring') {
      this.waiting.push(Buffer.from(bytes)); // a piece is valid only until the next one
      if (this.received >= MEASURED) this.decide();
    } else if (this.state === 'recording') {
      this.hasher.update(bytes);
      if (!this.isSlow()) this.giveUp();
    }
  }

  checkpoint(): () => void {
    const [goBack, received, waiting] = [this.native.checkpoint(), this.received, this.waiting.length];
    const state = this.state === 'recording' ? this.hasher.save() : undefined;
    return () => {
      goBack();
      this.received = received;
      if (this.state === 'measuring') this.waiting.length = waiting;
      else if (this.state === 'recording' && state) this.hasher.load(state);
      else this.giveUp();
    };
  }

  digest(): string {
    return this.native.digest();
  }

  save(): Uint8Array | undefined {
    if (this.state === 'measuring') this.decide();
    return this.state === 'recording' ? this.hasher.save() : undefined;
  }

  private decide(): void {
    if (!this.isSlow()) {
      this.giveUp();
      return;
    }
    this.state = 'recording';
    for (const bytes of this.waiting) this.hasher.update(bytes);
    this.waiting.length = 0;
  }

  private isSlow(): boolean {
    const seconds = (this.clock() - this.started) / 1000;
    return this.isAlwaysRecorded || this.received <= SLOW * seconds;
  }

  private giveUp(): void {
    this.state = 'given up';
    this.waiting.length = 0;
  }
}
