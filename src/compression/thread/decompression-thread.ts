import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { LayerFormatError } from '../format/compression.js';
import { hashed, type Unpacked } from '../hashed.js';
import type { Unpack } from '../unpack.js';
import type { Refusal } from './decompression-worker.js';
import { source as decompressing } from './decompression-worker.js?worker';
import { source as hashing } from './hashing-worker.js?worker';
import { PipeReader, PipeWriter } from './pipe.js';
import type { WorkerPorts } from './serve.js';

/** More of them would help on few machines, and each has a V8 of its own, which takes 15 MiB. */
const MAX_THREADS = 4;
/** With so many cores, one is left for hashing what was decompressed; with fewer, this thread has the time. */
const CORES_FOR_HASHING = 3;
let running = 0;

/**
 * A thread, to be closed; undefined when several run already, so that another one would be of little use, and when no thread may be started. The first one
 * has a second thread behind it where there is a core for that.
 * @param cores how many threads can compute at a time
 */
export function openDecompressionThread(cores: number): DecompressionThread | undefined {
  if (running >= MAX_THREADS) return undefined;
  const [input, output] = [new MessageChannel(), new MessageChannel()];
  const ports = { input: input.port2, output: output.port2 };
  const isHashing = running === 0 && cores >= CORES_FOR_HASHING;
  try {
    const workers = isHashing ? startBoth(ports) : [startThread(decompressing, ports)];
    return new DecompressionThread(workers, input.port1, output.port1);
  } catch {
    // Node's permissions forbid threads, or the system allows no more of them.
    for (const { port1 } of [input, output]) port1.close();
    return undefined;
  }
}

/** The thread that decompresses, and behind it the one that hashes. */
function startBoth({ input, output }: WorkerPorts): Worker[] {
  const between = new MessageChannel();
  return [
    startThread(decompressing, { input, output: between.port1 }),
    startThread(hashing, { input: between.port2, output }),
  ];
}

function startThread(source: string, ports: WorkerPorts): Worker {
  // The thread gets its own options: those of this process may make Node read the text as a module.
  return new Worker(source, { eval: true, execArgv: [], workerData: ports, transferList: Object.values(ports) });
}

/** A thread that decompresses while this one does something else, one blob after another; another thread may hash what comes out of it. */
export class DecompressionThread {
  private readonly input: PipeWriter;
  private readonly output: PipeReader;

  /** @param workers the one that decompresses, and behind it the one that hashes, if there is one */
  constructor(
    private readonly workers: readonly Worker[],
    input: MessagePort,
    output: MessagePort,
  ) {
    running += 1;
    this.input = new PipeWriter(input);
    this.output = new PipeReader(output);
    for (const worker of workers) {
      worker.on('error', (error) => this.output.abort(error));
      worker.on('exit', () => this.output.abort(new Error('the thread that decompresses has ended')));
    }
  }

  /** Does what `unpack` of `../unpack.ts` does. When that failed, or was left early, the thread can only be closed. */
  readonly unpack: Unpack = (blob) => this.run(blob);

  private get isHashing(): boolean {
    return this.workers.length > 1;
  }

  /** Lets the thread end: without its pipes it has nothing to wait for. Terminating it would make this thread wait until it has ended. */
  close(): void {
    running -= 1;
    this.input.close();
    this.output.close();
    for (const worker of this.workers) worker.unref();
  }

  private async *run(blob: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, Unpacked, undefined> {
    let isWhole = false;
    void this.feed(blob);
    try {
      const content = this.output.read();
      const unpacked = yield* this.isHashing ? content : hashed(content);
      if (!unpacked) throw new TypeError('the thread that hashes did not say what came out');
      isWhole = true;
      return unpacked;
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
