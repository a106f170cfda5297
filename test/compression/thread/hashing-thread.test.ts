import type { Worker } from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
import { openDecompressionThread } from '../../../src/compression/thread/decompression-thread.js';

const { started } = vi.hoisted(() => ({ started: [] as Worker[] }));

vi.mock('node:worker_threads', async (original) => {
  const threads = await original<typeof import('node:worker_threads')>();
  class CountedWorker extends threads.Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      started.push(this);
    }
  }
  return { ...threads, Worker: CountedWorker };
});

test('what comes out is hashed on a thread of its own where there is a core for that, for one blob at a time', async () => {
  const opened = [3, 3, 2].map((cores) => {
    const before = started.length;
    const thread = openDecompressionThread(cores);
    return { thread, workers: started.length - before };
  });
  expect(opened.map(({ workers }) => workers)).toEqual([2, 1, 1]);
  const ends = started.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
  for (const { thread } of opened) thread?.close();
  // Each thread ends, although nobody terminates it.
  expect(await Promise.all(ends)).toEqual([0, 0, 0, 0]);
});
