import { expect, test } from 'vitest';
import { formatBytes, formatTable } from '../../../src/cli/terminal/format.js';

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

test('columns line up, lines have no space at their end, and nothing acts on a terminal', () => {
  expect(
    formatTable([
      ['a', 'bb', ''],
      ['ccc', 'd\u001b[31m', 'e'],
    ]),
  ).toBe('a    bb\nccc  d\ufffd[31m  e\n');
  expect(formatTable([])).toBe('');
});
