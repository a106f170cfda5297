import type { MessagePort } from 'node:worker_threads';

/** One end of a pipe between two threads: memory that both see, and the port by which they tell each other which part of it is whose. */
export interface PipeEnd {
  readonly port: MessagePort;
  readonly memory: SharedArrayBuffer;
}

/** The memory is handed over in slots of this many bytes. */
const SLOT = 512 * 1024;
const SLOTS = 4;

/** A new memory for a pipe. */
export function pipeMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(SLOT * SLOTS);
}

/** What the writer tells the reader: that a slot holds bytes, that a stream has ended, or why there will be no more. */
type Told = { readonly slot: number; readonly length: number } | 'end' | { readonly failure: unknown };

/** Writes streams of bytes, one after another, and waits while the reader has not kept up. */
export class PipeWriter {
  private readonly bytes: Uint8Array;
  private readonly free = Array.from({ length: SLOTS }, (_, slot) => slot);
  /** Bytes in the first free slot that the reader has not been told of. */
  private filled = 0;
  private isClosed = false;
  private wake: () => void = () => {};

  constructor(private readonly end: PipeEnd) {
    this.bytes = new Uint8Array(end.memory);
    end.port.on('message', (slot: number) => {
      this.free.push(slot);
      this.wake();
    });
  }

  /** Copies bytes into the pipe, and tells whether more may follow: not when it was closed meanwhile. */
  async write(bytes: Uint8Array): Promise<boolean> {
    for (let at = 0; at < bytes.length && !this.isClosed; ) {
      const [slot] = this.free;
      if (slot === undefined) {
        await new Promise<void>((wake) => {
          this.wake = wake;
        });
        continue;
      }
      const part = bytes.subarray(at, at + SLOT - this.filled);
      this.bytes.set(part, slot * SLOT + this.filled);
      this.filled += part.length;
      at += part.length;
      if (this.filled === SLOT) this.flush();
    }
    return !this.isClosed;
  }

  /** Ends a stream; the next one may begin. */
  finish(): void {
    this.flush();
    this.tell('end');
  }

  /** Says why the stream cannot go on; the failure is to be one that can be cloned. */
  fail(failure: unknown): void {
    this.tell({ failure });
  }

  /** Lets go of whoever waits to write. */
  close(): void {
    this.isClosed = true;
    this.end.port.close();
    this.wake();
  }

  private flush(): void {
    const [slot] = this.free;
    if (slot === undefined || this.filled === 0) return;
    this.free.shift();
    this.tell({ slot, length: this.filled });
    this.filled = 0;
  }

  private tell(told: Told): void {
    this.end.port.postMessage(told);
  }
}

/** Reads what a PipeWriter on another thread writes. */
export class PipeReader {
  private readonly bytes: Uint8Array;
  private readonly told: Told[] = [];
  private wake: () => void = () => {};

  constructor(private readonly end: PipeEnd) {
    this.bytes = new Uint8Array(end.memory);
    end.port.on('message', (told: Told) => this.take(told));
  }

  /** The pieces of the next stream, each valid until the next one is asked for. Throws the failure that ended it. */
  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const told = this.told.shift();
      if (told === undefined) {
        await new Promise<void>((wake) => {
          this.wake = wake;
        });
      } else if (told === 'end') return;
      else if ('failure' in told) throw told.failure;
      else {
        yield this.bytes.subarray(told.slot * SLOT, told.slot * SLOT + told.length);
        this.end.port.postMessage(told.slot);
      }
    }
  }

  /** Ends the stream for a reason that the writer cannot tell. */
  abort(failure: unknown): void {
    this.take({ failure });
  }

  close(): void {
    this.end.port.close();
  }

  private take(told: Told): void {
    this.told.push(told);
    this.wake();
  }
}
