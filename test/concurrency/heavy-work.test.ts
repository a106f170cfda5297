import { expect, test } from 'vitest';
import { heavyWork, heavyWorkNext, runHeavyWorkBy } from '../../src/concurrency/heavy-work.js';

test('heavy work within heavy work is one piece', () => {
  let pieces = 0;
  runHeavyWorkBy((work) => {
    pieces += 1;
    return work();
  });
  expect(heavyWork(() => heavyWork(() => 7))).toBe(7);
  runHeavyWorkBy((work) => work());
  expect(pieces).toBe(1);
});

test('work on few bytes is done as it is', () => {
  const sizes: number[] = [];
  const pieces: string[] = [];
  runHeavyWorkBy((work) => {
    pieces.push('heavy');
    return work();
  });
  for (const size of [0, 1000, 200_000, 1_000_000]) heavyWork(() => sizes.push(size), size);
  runHeavyWorkBy((work) => work());
  expect([sizes, pieces]).toEqual([[0, 1000, 200_000, 1_000_000], ['heavy']]);
});

test('what came since the program last waited is heard before heavy work begins', async () => {
  const interruption = new AbortController();
  // A signal that came while this turn was busy is heard in the turn after the next timers.
  setImmediate(() => setImmediate(() => interruption.abort(new Error('stop'))));
  let isDone = false;
  const work = heavyWorkNext(interruption.signal, () => {
    isDone = true;
  });
  await expect(work).rejects.toThrow('stop');
  expect(isDone).toBe(false);
  expect(await heavyWorkNext(undefined, () => 7)).toBe(7);
});
