/** So many bytes do not count, because they fill what lies behind the reader, and everybody waits for the first ones. */
const WARMING_UP = 4 * 1024 * 1024;

/** Finds out which of the two is slower: the line that brings blobs, or the reader who takes them. */
export class Pace {
  private read = 0;
  /** Milliseconds. */
  private waited = 0;
  private since: number | undefined;

  /** Whether the reader has waited longer than it has worked. */
  get isLineSlower(): boolean {
    return this.since !== undefined && 2 * this.waited > Date.now() - this.since;
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
