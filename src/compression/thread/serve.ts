import { type MessagePort, workerData } from 'node:worker_threads';
import type { Unpacked } from '../hashed.js';
import { PipeReader, PipeWriter } from './pipe.js';

/** What a thread between two pipes is given: their ends. */
export interface WorkerPorts {
  readonly input: MessagePort;
  readonly output: MessagePort;
}

/** What a thread does with a stream: what it yields goes on, and what it returns is said at the end. */
type Carry = (stream: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array, Unpacked | undefined>;

/**
 * Carries streams through this thread, from one of its pipes to the other, until they are closed.
 * @param failureOf a failure in a form that can be sent on
 */
export async function serve(carry: Carry, failureOf = (error: unknown): unknown => error): Promise<void> {
  const ports: WorkerPorts = workerData;
  // The other pipe may lead to a thread that waits for this one.
  ports.input.on('close', () => ports.output.close());
  ports.output.on('close', () => ports.input.close());
  const input = new PipeReader(ports.input);
  const output = new PipeWriter(ports.output);
  try {
    for (;;) output.finish(await passOn(carry(input.read()), output));
  } catch (error) {
    output.fail(failureOf(error));
  }
}

/** Writes all pieces, and gives what comes at their end. */
async function passOn(pieces: ReturnType<Carry>, output: PipeWriter): Promise<Unpacked | undefined> {
  for (let next = await pieces.next(); ; next = await pieces.next()) {
    if (next.done) return next.value;
    await output.write(next.value);
  }
}
