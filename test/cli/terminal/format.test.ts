import { expect, test } from 'vitest';
import { formatBytes } from '../../../src/cli/terminal/format.js';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [27_531_000, '27.5 MB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [3e15, '3000 TB'],
])('%i bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
