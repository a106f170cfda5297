import type { Descriptor } from '../../oci/descriptor.js';
import type { ImageSource } from '../../oci/image-source.js';
import { ChunkQueue } from './chunk-queue.js';
import { Pace } from './pace.js';

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
/** Bytes of all blobs that may wait in memory: more would only wait longer, as long as the reader never waits for them. */
const BUDGET = 16 * 1024 * 1024;
/** As many where the reader waits: some registries give each connection so much and no more, and only more connections help. */
const BUDGET_OF_WAITING = 48 * 1024 * 1024;
/** When no more than this is missing of what is open, in bytes, the next larger blob is opened too: else the line would idle for some round trips. */
const NEARLY_ALL = 8 * 1024 * 1024;

/**
 * Reads the blobs of an image in the order in which they are asked for, and downloads those that come next at the same time. A blob is
 * opened before its turn when it fits into the free part of the buffer as a whole: a server soon closes a connection that waits for its
 * reader. A larger one is opened shortly before its turn, and so is the first one, whose turn comes as soon as the config is there.
 */
export class ReadAhead {
  private readonly waiting: Descriptor[];
  /** What was opened before its turn. */
  private readonly ahead = new Map<Descriptor, ChunkQueue>();
  private readonly current = new Set<ChunkQueue>();
  private readonly pace = new Pace();
  private taken = 0;
  /** Bytes that have not arrived of each blob that is open. */
  private readonly missing = new Map<Descriptor, number>();
  private readonly received = new Map<Descriptor, number>();
  private readonly total: number;

  /** @param order the blobs that will be asked for, in that order; one that is not asked for is to be skipped. */
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
      yield* this.pace.watched(queue);
    } finally {
      queue.close();
      this.current.delete(queue);
      this.release(descriptor);
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
    for (let next = this.waiting[0]; next && this.mayOpen(next); next = this.waiting[0]) {
      this.waiting.shift();
      this.ahead.set(next, this.open(next, isSmall(next) ? undefined : 'ahead'));
    }
  }

  private mayOpen(next: Descriptor): boolean {
    const budget = this.pace.isWaiting ? BUDGET_OF_WAITING : BUDGET;
    if (share(next) > budget - this.taken) return false;
    return isSmall(next) || (next.size >= 0 && sum(this.missing.values()) <= NEARLY_ALL);
  }

  private open(descriptor: Descriptor, turn?: 'ahead'): ChunkQueue {
    this.taken += share(descriptor);
    this.missing.set(descriptor, Math.max(descriptor.size, 0));
    return new ChunkQueue(this.download(descriptor, turn), isSmall(descriptor) ? WHOLE : WINDOW);
  }

  private release(descriptor: Descriptor): void {
    this.taken -= share(descriptor);
    this.missing.delete(descriptor);
  }

  private async *download(descriptor: Descriptor, turn?: 'ahead'): AsyncGenerator<Uint8Array> {
    let received = 0;
    for await (const chunk of this.source.blob(descriptor, turn)) {
      received += chunk.length;
      // The blob is larger than the manifest says, so it may have any size: it has to wait for its turn after all.
      if (received > descriptor.size && this.drop(descriptor)) return;
      this.report(descriptor, received);
      if (this.missing.has(descriptor)) this.missing.set(descriptor, Math.max(descriptor.size - received, 0));
      this.fill();
      yield chunk;
    }
  }

  private report(descriptor: Descriptor, received: number): void {
    this.received.set(descriptor, received);
    this.onProgress({ received: sum(this.received.values()), total: this.total });
  }

  /** Closes what was opened before its turn; false when it was not opened. */
  private drop(descriptor: Descriptor): boolean {
    const queue = this.ahead.get(descriptor);
    if (!queue) return false;
    queue.close();
    this.ahead.delete(descriptor);
    this.release(descriptor);
    return true;
  }
}

/** A blob without a size in its descriptor may have any size. */
function isSmall({ size }: Descriptor): boolean {
  return size >= 0 && size <= WHOLE;
}

function sum(numbers: Iterable<number>): number {
  let result = 0;
  for (const number of numbers) result += number;
  return result;
}

/** How much of the buffer a blob takes. */
function share(descriptor: Descriptor): number {
  return isSmall(descriptor) ? descriptor.size : WINDOW;
}
