/** Network pieces are gathered to this many bytes, so that what follows works in few large steps. */
const BATCH = 256 * 1024;

/**
 * Reads a blob from front to back in steps of the reader's own choice, with one batch read ahead while the last one is worked on. What
 * `peek` gave is never written to again; a piece of the source may be, once the next one is asked for. An error of the source comes out
 * of `peek` unchanged, in place of the batch that it interrupts.
 */
export class BlobReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #unread: Uint8Array = new Uint8Array(0);
  #ahead: Promise<Uint8Array> | undefined;
  #reading = false;
  #ended = false;

  constructor(blob: AsyncIterable<Uint8Array>) {
    this.#source = blob[Symbol.asyncIterator]();
  }

  /** At least `length` unread bytes, usually more; fewer only when the blob ends before, none at its end. They stay unread. */
  async peek(length = 1): Promise<Uint8Array> {
    while (this.#unread.length < length) {
      const batch = await (this.#ahead ?? this.#gather());
      this.#ahead = undefined;
      if (batch.length === 0) break;
      this.#unread = this.#unread.length === 0 ? batch : Buffer.concat([this.#unread, batch]);
      this.#readAhead();
    }
    return this.#unread;
  }

  /** Takes bytes that `peek` showed. */
  skip(length: number): void {
    this.#unread = this.#unread.subarray(length);
  }

  /** Lets go of the source; it is waited for unless it owes an answer, which may never come. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const closed = this.#source.return?.();
    if (this.#reading) closed?.catch(() => {});
    else await closed;
  }

  #readAhead(): void {
    if (this.#ended) return;
    this.#ahead = this.#gather();
    this.#ahead.catch(() => {}); // peek reports it when its turn has come
  }

  async #gather(): Promise<Uint8Array> {
    let batch: Buffer = Buffer.allocUnsafeSlow(BATCH);
    let length = 0;
    while (length < BATCH && !this.#ended) {
      const piece = await this.#next();
      if (piece === undefined) break;
      if (length + piece.length > batch.length) batch = enlarged(batch.subarray(0, length), length + piece.length);
      batch.set(piece, length);
      length += piece.length;
    }
    return batch.subarray(0, length);
  }

  async #next(): Promise<Uint8Array | undefined> {
    this.#reading = true;
    try {
      const { done, value } = await this.#source.next();
      if (!done) return value;
    } catch (error) {
      this.#ended = true;
      throw error;
    } finally {
      this.#reading = false;
    }
    this.#ended = true;
    return undefined;
  }
}

function enlarged(bytes: Uint8Array, length: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(length);
  larger.set(bytes);
  return larger;
}
