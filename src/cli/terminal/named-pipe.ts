import { constants, open } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isSystemError } from '../../machine/file-errors.js';

/** How long to wait before the next look for a program that reads the pipe, in milliseconds. */
const PAUSE = 50;

/**
 * Writes into a named pipe, as soon as a program reads it. To open a pipe or to write into it would otherwise block a thread of Node, and Node
 * does not end before that thread does, not even after a signal. Throws the reason of the interruption.
 */
export async function writeIntoPipe(path: string, text: string, signal: AbortSignal): Promise<void> {
  const fd = await openForReader(path, signal);
  const socket = new Socket({ fd, readable: false, writable: true, signal });
  await new Promise<void>((done, fail) => {
    socket.once('error', fail).once('close', () => done());
    socket.end(text);
  });
}

async function openForReader(path: string, signal: AbortSignal): Promise<number> {
  for (;;) {
    try {
      return await promisify(open)(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      // There is no reader yet.
      if (!isSystemError(error) || error.code !== 'ENXIO') throw error;
      await sleep(PAUSE, undefined, { signal });
    }
  }
}
