import { expect, test } from 'vitest';
import { formatTable } from '../../../src/cli/terminal/table.js';

test('columns line up, lines have no space at their end, and nothing acts on a terminal', () => {
  expect(
    formatTable([
      ['a', 'bb', ''],
      ['ccc', 'd\u001b[31m', 'e'],
    ]),
  ).toBe('a    bb\nccc  d\ufffd[31m  e\n');
  expect(formatTable([])).toBe('');
});
