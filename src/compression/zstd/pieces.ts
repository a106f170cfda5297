const PIECE = 1024 * 1024;

/** Gathers blocks, which will be overwritten, into larger pieces. */
export class Pieces {
  #piece: Uint8Array = new Uint8Array(0);
  #filled = 0;

  /** Copies a block; returns the piece that had no room for it, if any. */
  add(block: Uint8Array): Uint8Array | undefined {
    if (this.#filled + block.length <= this.#piece.length) {
      this.#piece.set(block, this.#filled);
      this.#filled += block.length;
      return undefined;
    }
    const full = this.rest();
    this.#piece = Buffer.allocUnsafeSlow(PIECE);
    this.#piece.set(block);
    this.#filled = block.length;
    return full.length > 0 ? full : undefined;
  }

  /** What has been gathered since the last piece. */
  rest(): Uint8Array {
    return this.#piece.subarray(0, this.#filled);
  }
}
