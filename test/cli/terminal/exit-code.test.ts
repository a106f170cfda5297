import { expect, test } from 'vitest';
import { exitCodeOf } from '../../../src/cli/terminal/exit-code.js';
import { type FailureKind, PullpinError } from '../../../src/errors.js';

function failure(kind: FailureKind): PullpinError {
  return Object.assign(new PullpinError('x'), { kind });
}

test.each<[FailureKind[], number]>([
  [[], 0],
  [['failure'], 1],
  [['usage'], 2],
  [['authentication'], 4],
  [['not-found', 'not-found'], 5],
  [['rate-limited'], 6],
  [['not-found', 'rate-limited'], 1],
])('%j end with %i', (kinds, code) => {
  expect(exitCodeOf(kinds.map(failure))).toBe(code);
});

test('a bug is a failure', () => {
  expect(exitCodeOf([new TypeError('x')])).toBe(1);
});
