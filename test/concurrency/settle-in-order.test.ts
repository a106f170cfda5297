import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { settleInOrder } from '../../src/concurrency/settle-in-order.js';

test('results come in the order of the items, failures among them, never more at a time than the limit', async () => {
  const counts = { now: 0, most: 0 };
  const settled = await settleInOrder([30, 1, 20, 1, 1], 2, async (milliseconds) => {
    counts.now += 1;
    counts.most = Math.max(counts.most, counts.now);
    await sleep(milliseconds);
    counts.now -= 1;
    if (milliseconds === 20) throw new Error('twenty');
    return milliseconds;
  });
  expect(settled.map((each) => (each.status === 'fulfilled' ? each.value : String(each.reason)))).toEqual([
    30,
    1,
    'Error: twenty',
    1,
    1,
  ]);
  expect(counts).toEqual({ now: 0, most: 2 });
});

test('what fails at once, and nothing at all', async () => {
  const thrower = (): Promise<never> => {
    throw new Error('at once');
  };
  expect(await settleInOrder([1], 5, thrower)).toMatchObject([{ status: 'rejected' }]);
  expect(await settleInOrder([], 5, thrower)).toEqual([]);
});
