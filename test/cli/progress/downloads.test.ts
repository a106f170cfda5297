import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Downloads } from '../../../src/cli/progress/downloads.js';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});

afterEach(() => {
  vi.useRealTimers();
});

test('a line has the image, all its bytes, the rate, the time left, and which of how many it is', () => {
  const downloads = new Downloads(() => {}, 4);
  const big = downloads.image('acme/big:1');
  const small = downloads.image('acme/small:2');
  big({ received: 57e6, total: 630e6 });
  vi.advanceTimersByTime(1000);
  big({ received: 267e6, total: 630e6 });
  small({ received: 10, total: 2000 });
  expect(downloads.lines()).toEqual([
    'acme/big:1  ████░░░░░░ 267 of 630 MB  210 MB/s  0:02  1 of 4',
    'acme/small:2  ░░░░░░░░░░ 10 B of 2.0 kB  2 of 4',
  ]);
  big({ received: 630e6, total: 630e6 });
  expect(downloads.lines()).toHaveLength(1);
});

test('the rate is that of the last seconds', () => {
  const downloads = new Downloads(() => {});
  const one = downloads.image('a');
  for (const received of [1e6, 11e6, 12e6, 13e6, 14e6, 15e6]) {
    one({ received, total: 1e9 });
    vi.advanceTimersByTime(1000);
  }
  expect(downloads.lines()[0]).toMatch(/ 1\.0 MB\/s {2}16:25$/);
});
