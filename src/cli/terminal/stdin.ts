import { addAbortSignal } from 'node:stream';
import { UsageError } from '../../errors.js';
import type { Context } from './context.js';

/** All of stdin as text, at most `limit` bytes. Throws a UsageError that names the expected input, and the reason of an interruption. */
export async function readStdin(context: Context, limit: number, what: string): Promise<string> {
  return (await readStdinBytes(context, limit, what)).toString('utf8');
}

/** All of stdin, at most `limit` bytes. Throws a UsageError that names the expected input, and the reason of an interruption. */
export async function readStdinBytes(context: Context, limit: number, what: string): Promise<Buffer> {
  const { signal } = context;
  const chunks: Buffer[] = [];
  let size = 0;
  // A terminal or pipe may send nothing, so an interruption must end the wait.
  for await (const chunk of addAbortSignal(signal, context.stdin())) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    size += bytes.length;
    if (size > limit) throw new UsageError(`stdin: ${what} is longer than ${limit} bytes`);
  }
  return Buffer.concat(chunks);
}
