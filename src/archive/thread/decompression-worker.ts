// Runs in a thread of its own: decompresses the streams that come through one pipe into another, until it is terminated.
import { workerData } from 'node:worker_threads';
import { LayerFormatError } from '../compression.js';
import { decompress } from '../decompress.js';
import { type PipeEnd, PipeReader, PipeWriter } from './shared-pipe.js';

/** What the thread is given. */
export interface DecompressionPipes {
  readonly input: PipeEnd;
  readonly output: PipeEnd;
}

/** A LayerFormatError as it can be sent to another thread, where its class is another one. */
export interface Refusal {
  readonly compression: LayerFormatError['compression'];
  readonly problem: string;
}

void serve(workerData);

async function serve(pipes: DecompressionPipes): Promise<void> {
  const input = new PipeReader(pipes.input);
  const output = new PipeWriter(pipes.output);
  try {
    for (;;) {
      for await (const piece of decompress(input.read())) await output.write(piece);
      output.finish();
    }
  } catch (error) {
    output.fail(error instanceof LayerFormatError ? refusalOf(error) : error);
  }
}

function refusalOf({ compression, problem }: LayerFormatError): Refusal {
  return { compression, problem };
}
