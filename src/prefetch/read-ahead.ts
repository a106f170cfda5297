import type { Descriptor } from '../oci/descriptor.js';
import type { ImageSource } from '../oci/image-source.js';
import { ChunkQueue } from './chunk-queue.js';

/** Called as a blob arrives, with the bytes received so far. */
export type OnProgress = (blob: Descriptor, received: number) => void;

/** Bytes of one blob that may wait in memory. */
const WINDOW = 8 * 1024 * 1024;
/** Bytes of all blobs that may wait in memory. */
const BUDGET = 48 * 1024 * 1024;

/**
 * Reads the blobs of an image in the order in which they are asked for, and downloads those that come next at the same time: a blob is
 * opened before its turn only when it fits into the free part of the buffer as a whole, because a connection that waits for its reader is
 * soon cut by the server.
 */
export class ReadAhead {
  private readonly waiting: Descriptor[];
  private readonly queues = new Map<Descriptor, ChunkQueue>();
  private free = BUDGET;

  /** @param order the blobs that will be asked for, in that order; one that is not asked for is never opened if it is too large. */
  constructor(
    private readonly source: Pick<ImageSource, 'blob'>,
    order: readonly Descriptor[],
    private readonly onProgress: OnProgress = () => {},
  ) {
    this.waiting = [...order];
    this.fill();
  }

  /** The blob's bytes, unchecked. Each descriptor of the order is to be read once, or skipped. */
  async *read(descriptor: Descriptor): AsyncGenerator<Uint8Array> {
    this.waiting.splice(0, this.waiting.indexOf(descriptor) + 1);
    const queue = this.queues.get(descriptor) ?? this.open(descriptor);
    try {
      yield* queue;
    } finally {
      this.close(descriptor, queue);
    }
  }

  /** Gives up a blob that need not be read. */
  skip(descriptor: Descriptor): void {
    this.waiting.splice(0, this.waiting.indexOf(descriptor) + 1);
    const queue = this.queues.get(descriptor);
    if (queue) this.close(descriptor, queue);
  }

  /** Ends all downloads. */
  closeAll(): void {
    this.waiting.length = 0;
    for (const [descriptor, queue] of this.queues) this.close(descriptor, queue);
  }

  private fill(): void {
    for (let next = this.waiting[0]; next && fits(next, this.free); next = this.waiting[0]) {
      this.waiting.shift();
      this.open(next);
    }
  }

  private open(descriptor: Descriptor): ChunkQueue {
    const queue = new ChunkQueue(this.download(descriptor), WINDOW);
    this.queues.set(descriptor, queue);
    this.free -= share(descriptor);
    return queue;
  }

  private async *download(descriptor: Descriptor): AsyncGenerator<Uint8Array> {
    let received = 0;
    for await (const chunk of this.source.blob(descriptor)) {
      received += chunk.length;
      this.onProgress(descriptor, received);
      yield chunk;
    }
  }

  private close(descriptor: Descriptor, queue: ChunkQueue): void {
    queue.close();
    if (this.queues.delete(descriptor)) this.free += share(descriptor);
    this.fill();
  }
}

function fits(descriptor: Descriptor, free: number): boolean {
  return descriptor.size <= WINDOW && share(descriptor) <= free;
}

/** What a blob takes of the buffer: its size is a hint, but its queue never holds more than a window. */
function share({ size }: Descriptor): number {
  return Math.min(Math.max(size, 0), WINDOW);
}
