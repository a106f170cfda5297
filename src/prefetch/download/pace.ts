/** So many bytes do not count, because they fill what lies behind the reader, and everybody waits for the first ones. */
const WARMING_UP = 4 * 1024 * 1024;

/** A reader of a line that is fast enough waits for a hundredth of its time; one that waits for a tenth could have more. */
const WAITING = 0.1;

/** Finds out whether more downloads at a time would help: whether the reader waits for the line, or the line for the reader. */
export class Pace {
  private read = 0;
  /** Milliseconds. */
  private waited = 0;
  private since: number | undefined;

  /** Whether the reader waits for a good part of its time. */
  get isWaiting(): boolean {
    return this.since !== undefined && this.waited > WAITING * (Date.now() - this.since);
  }

  /** The same bytes, while it is watched how long they are waited for. */
  async *watched(blob: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let asked = Date.now();
    for await (const chunk of blob) {
      this.note(Date.now() - asked, chunk.length);
      yield chunk;
      asked = Date.now();
    }
  }

  private note(waited: number, length: number): void {
    this.read += length;
    if (this.since !== undefined) this.waited += waited;
    else if (this.read > WARMING_UP) this.since = Date.now();
  }
}
