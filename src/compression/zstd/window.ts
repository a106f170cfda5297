import { BLOCK_MAX } from './block-input.js';

/** Copies may write up to this many bytes too far: bytes that are not needed any more, or that are about to be written. */
const MARGIN = 64;

/**
 * The output of a frame, as far back as matches may reach. Blocks are written one behind the other, each in one piece; when the next
 * one might not fit, writing continues at the front (a new lap), and matches that reach back beyond the front continue at the end of
 * the lap before. A region behind the laps holds the literals of the block at hand, so that they are copied within one buffer.
 */
export class Window {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where the next byte goes. */
  position = 0;
  /** Where the lap before ended. */
  lapEnd = 0;
  /** Where the literals of a block are put. */
  readonly literals: number;
  /** How far back the matches of this frame may reach. */
  windowSize = 0;
  #written = 0;
  readonly #lapLimit: number;

  /** `capacity` is how many bytes are kept: a frame's window, or all of its content when that is less. */
  constructor(readonly capacity: number) {
    // At the start of a lap the one before must still hold a whole window behind what a block overwrites.
    this.#lapLimit = capacity + MARGIN;
    this.literals = this.#lapLimit + BLOCK_MAX + MARGIN;
    this.bytes = new Uint8Array(this.literals + BLOCK_MAX + MARGIN);
    this.view = new DataView(this.bytes.buffer);
  }

  /** How far back the output reaches at the start of a block. */
  get history(): number {
    return Math.min(this.#written, this.windowSize);
  }

  startFrame(windowSize: number): void {
    this.windowSize = windowSize;
    this.position = 0;
    this.lapEnd = 0;
    this.#written = 0;
  }

  /** Makes room for a block. */
  startBlock(): void {
    if (this.position < this.#lapLimit) return;
    this.lapEnd = this.position;
    this.position = 0;
  }

  /** The bytes of the block that began at `start`; a later block will overwrite them. */
  finishBlock(start: number): Uint8Array {
    this.#written += this.position - start;
    return this.bytes.subarray(start, this.position);
  }
}
