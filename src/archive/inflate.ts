import { constants, createInflateRaw, type InflateRaw, inflateRawSync } from 'node:zlib';
import type { BlobReader } from './blob-reader.js';
import { CorruptLayerError, TruncatedLayerError } from './compression.js';

/** With pieces this large a step of the thread pool is worth its detour through the event loop. */
const PIECE = 1024 * 1024;

/**
 * Inflates one stream of DEFLATE (RFC 1951) in the thread pool, a piece ahead of the consumer, and leaves the reader behind its last byte.
 */
export async function* inflate(reader: BlobReader): AsyncGenerator<Uint8Array, void, undefined> {
  const inflater = createInflateRaw({ chunkSize: PIECE });
  const feeding = new Feeding(reader, inflater);
  try {
    for await (const piece of inflater) yield piece;
    feeding.settle();
  } catch (error) {
    throw feeding.explain(error);
  } finally {
    inflater.destroy();
  }
}

/** Gives an inflater the reader's bytes, one batch at a time, until it has come to the end of its stream. */
class Feeding {
  #used = 0;
  #sourceError: unknown;

  constructor(
    private readonly reader: BlobReader,
    private readonly inflater: InflateRaw,
  ) {
    void this.#feed();
  }

  /** Takes from the reader what has gone into the stream so far, and tells how much that was since the last time. */
  settle(): number {
    const used = this.inflater.bytesWritten - this.#used;
    this.reader.skip(used);
    this.#used += used;
    return used;
  }

  /** What to throw for an error of the inflater. */
  explain(error: unknown): unknown {
    if (error === this.#sourceError || !(error instanceof Error)) return error;
    const code = 'code' in error ? error.code : undefined;
    if (code === 'Z_BUF_ERROR') return new TruncatedLayerError('gzip');
    return code === 'Z_DATA_ERROR' ? new CorruptLayerError('gzip', error.message, { cause: error }) : error;
  }

  async #feed(): Promise<void> {
    try {
      for (let batch = await this.reader.peek(); batch.length > 0; batch = await this.reader.peek()) {
        await this.#write(batch);
        if (this.settle() < batch.length) return;
      }
      this.inflater.end();
    } catch (error) {
      this.#sourceError = error;
      this.inflater.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** For ever, on some versions of Node, when the stream ends within the batch: then nobody waits for it. */
  #write(batch: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.inflater.write(batch, (error) => {
        if (!error) resolve();
      });
    });
  }
}

const SMALL_INPUT = 64 * 1024;
const SMALL_OUTPUT = 256 * 1024;
/** A stream whose end is so near to the end of the bytes at hand might go on behind them. */
const MARGIN = 8;

/**
 * Inflates a stream that is short and has already arrived, at once and without the costs of a detour through the thread pool: some
 * layers are made of thousands of them. Undefined, with nothing read, when it is longer, damaged or not all there: `inflate` knows more.
 */
export async function inflateSmall(reader: BlobReader): Promise<Uint8Array | undefined> {
  const bytes = (await reader.peek(SMALL_INPUT)).subarray(0, SMALL_INPUT);
  const small = tryInflate(bytes);
  if (!small || small.consumed > bytes.length - MARGIN) return undefined;
  reader.skip(small.consumed);
  return small.output;
}

function tryInflate(bytes: Uint8Array): { output: Uint8Array; consumed: number } | undefined {
  const options = {
    info: true,
    chunkSize: 32 * 1024,
    maxOutputLength: SMALL_OUTPUT,
    finishFlush: constants.Z_SYNC_FLUSH,
  };
  try {
    // With `info` the answer is not what the type declarations say.
    const answer: unknown = inflateRawSync(bytes, options);
    const { buffer, engine } = answer as { buffer: Buffer; engine: { bytesWritten: number } };
    return { output: buffer, consumed: engine.bytesWritten };
  } catch {
    return undefined;
  }
}
