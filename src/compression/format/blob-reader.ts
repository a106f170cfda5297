/** Network pieces are gathered to this many bytes, so that what follows works in few large steps. */
const BATCH = 256 * 1024;
/** The most that can be asked for at a time; everything is copied into one buffer, because new memory is slow to allocate. */
const CAPACITY = 2 * BATCH;

/**
 * Reads a blob from front to back in steps of the reader's own choice. A piece of the source need not stay as it is once the next one is asked
 * for. An error of the source comes out of `peek` unchanged, in place of the batch that it interrupts.
 */
export class BlobReader {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #buffer = Buffer.allocUnsafeSlow(CAPACITY);
  /** The unread bytes of the buffer. */
  #start = 0;
  #end = 0;
  /** The part of the source's last piece that had no room in the buffer. */
  #rest: Uint8Array = new Uint8Array(0);
  #reading = false;
  #ended = false;

  constructor(blob: AsyncIterable<Uint8Array>) {
    this.#source = blob[Symbol.asyncIterator]();
  }

  /**
   * At least `length` unread bytes (512 KiB at most), usually more; fewer only when the blob ends earlier, and none at its end. They stay unread, and
   * valid until the next call.
   */
  async peek(length = 1): Promise<Uint8Array> {
    if (length > CAPACITY) throw new RangeError(`${length} bytes are more than can be read at a time`);
    if (this.#end - this.#start < length) await this.#fill(Math.max(length, BATCH));
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Takes bytes that `peek` showed. */
  skip(length: number): void {
    this.#start += length;
  }

  /** Closes the source, and waits for that, unless a read is pending that may never end. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const closed = this.#source.return?.();
    if (this.#reading) closed?.catch(() => {});
    else await closed;
  }

  async #fill(length: number): Promise<void> {
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    while (this.#end < length) {
      if (this.#rest.length === 0) {
        const piece = this.#ended ? undefined : await this.#next();
        if (piece === undefined) return;
        this.#rest = piece;
      }
      const part = this.#rest.subarray(0, CAPACITY - this.#end);
      this.#buffer.set(part, this.#end);
      this.#end += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
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
