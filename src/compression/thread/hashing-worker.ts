// Runs in a thread of its own, behind the one that decompresses: hashes the streams that pass through, until the pipes are closed.
import { workerData } from 'node:worker_threads';
import { hashed } from '../unpack.js';
import { closeTogether, PipeReader, PipeWriter, type WorkerPorts } from './pipe.js';

void serve(workerData);

async function serve(ports: WorkerPorts): Promise<void> {
  closeTogether(ports);
  const input = new PipeReader(ports.input);
  const output = new PipeWriter(ports.output);
  try {
    for (;;) output.finish(await passOn(hashed(input.read()), output));
  } catch (failure) {
    // It comes from the thread in front, in a form that can be sent on.
    output.fail(failure);
  }
}

/** Writes all pieces, and returns what their reader returns. */
async function passOn<Result>(pieces: AsyncGenerator<Uint8Array, Result>, output: PipeWriter): Promise<Result> {
  for (let next = await pieces.next(); ; next = await pieces.next()) {
    if (next.done) return next.value;
    await output.write(next.value);
  }
}
