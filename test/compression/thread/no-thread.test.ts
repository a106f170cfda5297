import { expect, test, vi } from 'vitest';
import { openDecompressionThread } from '../../../src/compression/thread/decompression-thread.js';

vi.mock('node:worker_threads', async (original) => ({
  ...(await original<typeof import('node:worker_threads')>()),
  Worker: class {
    constructor() {
      throw Object.assign(new Error('Access to this API has been restricted'), { code: 'ERR_ACCESS_DENIED' });
    }
  },
}));

test('when no thread may start, every request for one gets none', () => {
  for (let times = 0; times < 10; times += 1) expect(openDecompressionThread(2 + (times % 2))).toBeUndefined();
});
