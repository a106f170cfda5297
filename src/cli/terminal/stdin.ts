import { addAbortSignal } from 'node:stream';
import { UsageError } from '../../errors.js';
import type { Context } from './context.js';

/** All of stdin as text, at most `limit` characters. Throws a UsageError that says what was to come from there, and the reason of an interruption. */
export async function readStdin({ stdin, signal }: Context, limit: number, what: string): Promise<string> {
  let text = '';
  // A terminal or a pipe that says nothing must not outlive the interruption.
  for await (const chunk of addAbortSignal(signal, stdin).setEncoding('utf8')) {
    text += chunk;
    if (text.length > limit) throw new UsageError(`stdin: ${what} is longer than ${limit} characters`);
  }
  return text;
}
