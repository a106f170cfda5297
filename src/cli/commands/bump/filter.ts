import { addAbortSignal, Readable } from 'node:stream';
import { PullpinError } from '../../../errors.js';
import type { Context, Output } from '../../terminal/context.js';
import { print } from '../../terminal/print.js';

/** The largest input that is read as a whole, in bytes; a longer one is copied to the output as it arrives. */
const MOST_INPUT = 16 * 1024 * 1024;

/**
 * Runs a bump as the filter of an editor, which replaces its text with the output. When the run throws before it has printed anything,
 * this prints the exact input, and then throws the error. `run` gets a context with the same input.
 */
export async function asFilter(context: Context, run: (context: Context) => Promise<number>): Promise<number> {
  const input = await readInput(context);
  const stdout = watched(context.stdout);
  try {
    const stdin = Readable.from([input]);
    return await run({ ...context, stdin: () => stdin, stdout: stdout.output });
  } catch (error) {
    if (!stdout.hasPrinted()) await print(input, context.stdout, context.signal);
    throw error;
  }
}

async function readInput(context: Context): Promise<Buffer> {
  const { stdout, signal } = context;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of addAbortSignal(signal, context.stdin())) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= MOST_INPUT) {
      chunks.push(bytes);
      continue;
    }
    await print(Buffer.concat(chunks.splice(0)), stdout, signal);
    await print(bytes, stdout, signal);
  }
  if (size > MOST_INPUT)
    throw new PullpinError(
      `stdin: a Nix file of ${size} bytes is too large: at most 16 MiB are read, so nothing was changed`,
    );
  return Buffer.concat(chunks);
}

/** A stream that writes to another one, and remembers whether it has written anything. */
function watched(stdout: Output): { readonly output: Output; readonly hasPrinted: () => boolean } {
  let hasPrinted = false;
  const output = new Proxy(stdout, {
    get(target, name) {
      if (name === 'write') hasPrinted = true;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { output, hasPrinted: () => hasPrinted };
}
