import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Decompress } from '../decompress.js';
import { LayerFormatError } from '../format/compression.js';
import type { DecompressionPorts, Refusal } from './decompression-worker.js';
import { source } from './decompression-worker.js?worker';
import { PipeReader, PipeWriter } from './pipe.js';

/** More of them would help on few machines, and each has a V8 of its own, which takes 15 MiB. */
const MAX_THREADS = 4;
let running = 0;

/** A thread, to be closed; undefined when several run already, so that another one would be of little use, and when no thread may be started. */
export function openDecompressionThread(): DecompressionThread | undefined {
  if (running >= MAX_THREADS) return undefined;
  const [input, output] = [new MessageChannel(), new MessageChannel()];
  const workerData: DecompressionPorts = { input: input.port2, output: output.port2 };
  const transferList = [input.port2, output.port2];
  try {
    // The thread gets its own options: those of this process may make Node read the text as a module.
    const worker = new Worker(source, { eval: true, execArgv: [], workerData, transferList });
    return new DecompressionThread(worker, input.port1, output.port1);
  } catch {
    // Node's permissions forbid threads, or the system allows no more of them.
    for (const { port1 } of [input, output]) port1.close();
    return undefined;
  }
}

/** A thread that decompresses while this one does something else, one blob after another. */
export class DecompressionThread {
  private readonly input: PipeWriter;
  private readonly output: PipeReader;

  constructor(
    private readonly worker: Worker,
    input: MessagePort,
    output: MessagePort,
  ) {
    running += 1;
    this.input = new PipeWriter(input);
    this.output = new PipeReader(output);
    worker.on('error', (error) => this.output.abort(error));
    worker.on('exit', () => this.output.abort(new Error('the thread that decompresses has ended')));
  }

  /** Does what `decompress` of `../decompress.ts` does. When that failed, or was left early, the thread can only be closed. */
  readonly decompress: Decompress = (blob) => this.run(blob);

  /** Lets the thread end: without its pipes it has nothing to wait for. Terminating it would make this thread wait until it has ended. */
  close(): void {
    running -= 1;
    this.input.close();
    this.output.close();
    this.worker.unref();
  }

  private async *run(blob: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    let isWhole = false;
    void this.feed(blob);
    try {
      yield* this.output.read();
      isWhole = true;
    } catch (error) {
      throw isRefusal(error) ? new LayerFormatError(error.compression, error.problem) : error;
    } finally {
      if (!isWhole) this.input.close();
    }
  }

  private async feed(blob: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const chunk of blob) if (!(await this.input.write(chunk))) return;
      this.input.finish();
    } catch (error) {
      this.output.abort(error);
    }
  }
}

function isRefusal(error: unknown): error is Refusal {
  return typeof error === 'object' && error !== null && 'compression' in error && !(error instanceof Error);
}
