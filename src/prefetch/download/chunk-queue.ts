/**
 * Reads a source ahead of its reader, by at most `limit` bytes and one chunk. It starts to read at once, before its reader asks; a failure
 * reaches the reader at the place where it happened.
 */
export class ChunkQueue implements AsyncIterable<Uint8Array> {
  private readonly chunks: Uint8Array[] = [];
  private queued = 0;
  private state: 'reading' | 'ended' | 'closed' | { readonly failure: unknown } = 'reading';
  private wakeReader: () => void = () => {};
  private wakeSource: () => void = () => {};

  constructor(
    source: AsyncIterable<Uint8Array>,
    private readonly limit: number,
  ) {
    this.pump(source).then(
      () => this.end('ended'),
      (failure: unknown) => this.end({ failure }),
    );
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      for (let chunk = this.chunks.shift(); chunk; chunk = this.chunks.shift()) {
        this.queued -= chunk.length;
        this.wakeSource();
        yield chunk;
      }
      if (typeof this.state === 'object') throw this.state.failure;
      if (this.state !== 'reading') return;
      await new Promise<void>((wake) => {
        this.wakeReader = wake;
      });
    }
  }

  /** Stops reading the source and forgets what has been read. */
  close(): void {
    this.state = 'closed';
    this.chunks.length = 0;
    this.wakeSource();
    this.wakeReader();
  }

  private async pump(source: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of source) {
      if (this.isClosed()) return;
      this.chunks.push(chunk);
      this.queued += chunk.length;
      this.wakeReader();
      while (this.queued > this.limit && this.state === 'reading') {
        await new Promise<void>((wake) => {
          this.wakeSource = wake;
        });
      }
      if (this.isClosed()) return;
    }
  }

  private isClosed(): boolean {
    return this.state === 'closed';
  }

  private end(state: 'ended' | { readonly failure: unknown }): void {
    if (this.state === 'reading') this.state = state;
    this.wakeReader();
  }
}
