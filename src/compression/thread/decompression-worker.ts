// Runs in a thread of its own: decompresses the streams that come through one pipe into another, until these are closed.
import { workerData } from 'node:worker_threads';
import { decompress } from '../decompress.js';
import { LayerFormatError } from '../format/compression.js';
import { closeTogether, PipeReader, PipeWriter, type WorkerPorts } from './pipe.js';

/** A LayerFormatError as it can be sent to another thread, where its class is another one. */
export interface Refusal {
  readonly compression: LayerFormatError['compression'];
  readonly problem: string;
}

void serve(workerData);

async function serve(ports: WorkerPorts): Promise<void> {
  closeTogether(ports);
  const input = new PipeReader(ports.input);
  const output = new PipeWriter(ports.output);
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
