import type { Descriptor } from '../../oci/descriptor.js';
import type { ImageSource } from '../../oci/image-source.js';
import { ChunkQueue } from './chunk-queue.js';

/** How much of an image's blobs has arrived, in bytes, of how much. */
export interface Progress {
  readonly received: number;
  readonly total: number;
}

/** Called as the blobs of an image arrive. */
export type OnProgress = (progress: Progress) => void;

/** A blob up to this size, in bytes, may be opened before its turn; it then waits in memory as a whole. */
const WHOLE = 8 * 1024 * 1024;
/** Bytes of a larger blob that may wait in memory. */
const WINDOW = 4 * 1024 * 1024;
/** Bytes of all blobs that may wait in memory. */
const BUDGET = 48 * 1024 * 1024;

/**
 * Reads the blobs of an image in the order in which they are asked for, and downloads those that come next at the same time: a blob is
 * opened before its turn only when it fits into the free part of the buffer as a whole, because the server soon closes a connection that
 * waits for its reader, and such a connection holds a place that the current blob may need.
 */
export class ReadAhead {
  private readonly waiting: Descriptor[];
  /** What was opened before its turn. */
  private readonly ahead = new Map<Descriptor, ChunkQueue>();
  private readonly current = new Set<ChunkQueue>();
  private free = BUDGET;
  private readonly received = new Map<Descriptor, number>();
  private readonly total: number;

  /** @param order the blobs that will be asked for, in that order; one that is not asked for is never opened if it is too large. */
  constructor(
    private readonly source: Pick<ImageSource, 'blob'>,
    order: readonly Descriptor[],
    private readonly onProgress: OnProgress = () => {},
  ) {
    this.waiting = [...order];
    this.total = order.reduce((sum, { size }) => sum + Math.max(size, 0), 0);
    this.fill();
  }

  /** The blob's bytes, unchecked. Each descriptor of the order is to be read once, or skipped. */
  async *read(descriptor: Descriptor): AsyncGenerator<Uint8Array> {
    this.waiting.splice(0, this.waiting.indexOf(descriptor) + 1);
    const queue = this.ahead.get(descriptor) ?? this.open(descriptor);
    this.ahead.delete(descriptor);
    this.current.add(queue);
    try {
      yield* queue;
    } finally {
      queue.close();
      this.current.delete(queue);
      this.free += share(descriptor);
      this.fill();
    }
  }

  /** Gives up a blob that need not be read. */
  skip(descriptor: Descriptor): void {
    this.report(descriptor, Math.max(descriptor.size, 0));
    this.waiting.splice(0, this.waiting.indexOf(descriptor) + 1);
    this.drop(descriptor);
    this.fill();
  }

  /** Ends all downloads. */
  closeAll(): void {
    this.waiting.length = 0;
    for (const descriptor of [...this.ahead.keys()]) this.drop(descriptor);
    for (const queue of this.current) queue.close();
  }

  private fill(): void {
    for (let next = this.waiting[0]; next && fits(next, this.free); next = this.waiting[0]) {
      this.waiting.shift();
      this.ahead.set(next, this.open(next));
    }
  }

  private open(descriptor: Descriptor): ChunkQueue {
    this.free -= share(descriptor);
    return new ChunkQueue(this.download(descriptor), isSmall(descriptor) ? WHOLE : WINDOW);
  }

  private async *download(descriptor: Descriptor): AsyncGenerator<Uint8Array> {
    let received = 0;
    for await (const chunk of this.source.blob(descriptor)) {
      received += chunk.length;
      // The blob is larger than the manifest says, so it may have any size: it has to wait for its turn after all.
      if (received > descriptor.size && this.drop(descriptor)) return;
      this.report(descriptor, received);
      yield chunk;
    }
  }

  private report(descriptor: Descriptor, received: number): void {
    this.received.set(descriptor, received);
    this.onProgress({ received: [...this.received.values()].reduce((sum, each) => sum + each, 0), total: this.total });
  }

  /** Closes what was opened before its turn; false when it was not opened. */
  private drop(descriptor: Descriptor): boolean {
    const queue = this.ahead.get(descriptor);
    if (!queue) return false;
    queue.close();
    this.ahead.delete(descriptor);
    this.free += share(descriptor);
    return true;
  }
}

/** A blob without a size in its descriptor may have any size. */
function isSmall({ size }: Descriptor): boolean {
  return size >= 0 && size <= WHOLE;
}

function fits(descriptor: Descriptor, free: number): boolean {
  return isSmall(descriptor) && descriptor.size <= free;
}

/** How much of the buffer a blob takes. */
function share(descriptor: Descriptor): number {
  return isSmall(descriptor) ? descriptor.size : WINDOW;
}
