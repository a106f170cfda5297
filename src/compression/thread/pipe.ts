import type { MessagePort } from 'node:worker_threads';
import type { Unpacked } from '../hashed.js';

/** Bytes travel in buffers of this size, which the reader sends back for the next ones: new memory is slow to allocate, and shared memory is slow to copy. */
const BUFFER = 512 * 1024;
const BUFFERS = 4;

/** What the writer sends to the reader: the next bytes, that a stream has ended and what it was if the writer knows, or why there will be no more. */
type PipeMessage =
  | { readonly buffer: ArrayBuffer; readonly length: number }
  | { readonly end: Unpacked | undefined }
  | { readonly failure: unknown };

/** Writes streams of bytes to another thread, one after another, and waits while the reader there has not kept up. */
export class PipeWriter {
  private readonly free: ArrayBuffer[] = [];
  private made = 0;
  /** The buffer that is being filled, and how far it is. */
  private current: Uint8Array | undefined;
  private filled = 0;
  private isClosed = false;
  private wake: () => void = () => {};

  constructor(private readonly port: MessagePort) {
    port.on('message', (buffer: ArrayBuffer) => {
      this.free.push(buffer);
      this.wake();
    });
  }

  /** Copies bytes into the pipe, and says whether more may follow: no more may follow when the pipe was closed meanwhile. */
  async write(bytes: Uint8Array): Promise<boolean> {
    for (let at = 0; at < bytes.length && !this.isClosed; ) {
      this.current ??= this.take();
      if (!this.current) {
        await new Promise<void>((wake) => {
          this.wake = wake;
        });
        continue;
      }
      const part = bytes.subarray(at, at + BUFFER - this.filled);
      this.current.set(part, this.filled);
      this.filled += part.length;
      at += part.length;
      if (this.filled === BUFFER) this.flush();
    }
    return !this.isClosed;
  }

  /** Ends a stream; the next one may begin. */
  finish(end?: Unpacked): void {
    this.flush();
    this.port.postMessage({ end } satisfies PipeMessage);
  }

  /** Says why the stream cannot continue. The failure must be one that can be cloned. */
  fail(failure: unknown): void {
    this.port.postMessage({ failure } satisfies PipeMessage);
  }

  /** Ends a `write` that waits. */
  close(): void {
    this.isClosed = true;
    this.port.close();
    this.wake();
  }

  private take(): Uint8Array | undefined {
    const buffer = this.free.pop();
    if (buffer) return new Uint8Array(buffer);
    if (this.made === BUFFERS) return undefined;
    this.made += 1;
    return new Uint8Array(BUFFER);
  }

  private flush(): void {
    const buffer = this.current?.buffer;
    if (!(buffer instanceof ArrayBuffer)) return;
    this.port.postMessage({ buffer, length: this.filled } satisfies PipeMessage, [buffer]);
    this.current = undefined;
    this.filled = 0;
  }
}

/** Reads what a PipeWriter on another thread writes. */
export class PipeReader {
  private readonly messages: PipeMessage[] = [];
  private wake: () => void = () => {};

  constructor(private readonly port: MessagePort) {
    port.on('message', (message: PipeMessage) => this.take(message));
  }

  /**
   * The pieces of the next stream, each valid until the next one is asked for. Returns what the writer said of it at its end, and throws the failure that
   * ended it.
   */
  async *read(): AsyncGenerator<Uint8Array, Unpacked | undefined, undefined> {
    for (;;) {
      const message = this.messages.shift();
      if (message === undefined) {
        await new Promise<void>((wake) => {
          this.wake = wake;
        });
      } else if ('end' in message) return message.end;
      else if ('failure' in message) throw message.failure;
      else {
        yield new Uint8Array(message.buffer, 0, message.length);
        this.port.postMessage(message.buffer, [message.buffer]);
      }
    }
  }

  /** Ends the stream for a reason that the writer cannot send. */
  abort(failure: unknown): void {
    this.take({ failure });
  }

  close(): void {
    this.port.close();
  }

  private take(message: PipeMessage): void {
    this.messages.push(message);
    this.wake();
  }
}
