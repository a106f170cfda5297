import { expect, test } from 'vitest';
import { oncePerKey } from '../../src/concurrency/once-per-key.js';

test('makes one value for each key', () => {
  const boxOf = oncePerKey((name: string) => ({ name }));
  const first = boxOf('a');
  expect(first).toEqual({ name: 'a' });
  expect(boxOf('a')).toBe(first);
  expect(boxOf('b')).not.toBe(first);
});

test('keys with the same id share a value', () => {
  const boxOf = oncePerKey(
    (place: { host: string; port: number }) => ({ place }),
    ({ host, port }) => `${host}:${port}`,
  );
  expect(boxOf({ host: 'a', port: 1 })).toBe(boxOf({ host: 'a', port: 1 }));
  expect(boxOf({ host: 'a', port: 1 })).not.toBe(boxOf({ host: 'a', port: 2 }));
});

test('a value that is undefined is made only once, too', () => {
  let made = 0;
  const nothing = oncePerKey((_: string) => {
    made += 1;
    return undefined;
  });
  nothing('a');
  nothing('a');
  expect(made).toBe(1);
});

test('nothing is kept of a key whose value cannot be made', () => {
  let made = 0;
  const value = oncePerKey((key: string) => {
    made += 1;
    if (made === 1) throw new Error('not yet');
    return key;
  });
  expect(() => value('a')).toThrow('not yet');
  expect(value('a')).toBe('a');
});
