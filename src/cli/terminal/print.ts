import type { Output } from './context.js';

/** How long an interrupted run waits for the program that reads its output, in milliseconds. */
export const PATIENCE = 200;

/**
 * Writes to stdout and waits until it is read. After an interruption it does not wait long, for the reader may have stopped: `pullpin … | less`.
 * Throws the reason of the interruption then.
 */
export function print(content: string | Buffer, stdout: Output, signal: AbortSignal): Promise<void> {
  // Even an empty write fails on a full disk, and a run without output needs no room.
  if (content.length === 0) return Promise.resolve();
  return new Promise((done, fail) => {
    const stop = (): void => void setTimeout(() => fail(signal.reason), PATIENCE).unref();
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    stdout.write(content, () => {
      signal.removeEventListener('abort', stop);
      done();
    });
  });
}
