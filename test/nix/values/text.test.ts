import { describe, expect, test } from 'vitest';
import { isInside, literalsOf, overlap, sliceText, textValue } from '../../../src/nix/values/text.js';
import type { Origin, TextValue } from '../../../src/nix/values/value.js';

const range = (start: number, end: number, file = 'a') => ({ file, start, end });

test.each<[number, number, boolean, boolean]>([
  [2, 4, true, true],
  [2, 3, true, true],
  [3, 4, true, true],
  [1, 4, false, true],
  [2, 5, false, true],
  [1, 5, false, true],
  [0, 2, false, false],
  [4, 6, false, false],
  [0, 1, false, false],
  [5, 6, false, false],
])('%i to %i: in 2 to 4 %s, with a character of it %s', (start, end, isIn, isShared) => {
  expect(isInside(range(start, end), range(2, 4))).toBe(isIn);
  expect(overlap(range(start, end), range(2, 4))).toBe(isShared);
  expect(overlap(range(2, 4), range(start, end))).toBe(isShared);
  expect(isInside(range(start, end, 'b'), range(2, 4))).toBe(false);
  expect(overlap(range(start, end, 'b'), range(2, 4))).toBe(false);
});

describe('a part of a text', () => {
  const origin = (start: number, end: number, more: Partial<Origin> = {}): Origin => ({
    ...{ file: 'f', start, end, quote: '"', verbatim: true },
    ...more,
  });
  const value = textValue([
    { text: 'ab', origin: origin(10, 12) },
    { text: '-' },
    { text: 'cd', origin: origin(20, 22) },
  ]);
  const shown = ({ text, segments }: TextValue) => [
    text,
    segments.map((each) => [each.text, each.origin?.start, each.origin?.end]),
  ];

  test.each<[number, number, unknown]>([
    [
      0,
      5,
      [
        'ab-cd',
        [
          ['ab', 10, 12],
          ['-', undefined, undefined],
          ['cd', 20, 22],
        ],
      ],
    ],
    [0, 2, ['ab', [['ab', 10, 12]]]],
    [0, 1, ['a', [['a', 10, 11]]]],
    [
      1,
      4,
      [
        'b-c',
        [
          ['b', 11, 12],
          ['-', undefined, undefined],
          ['c', 20, 21],
        ],
      ],
    ],
    [3, 5, ['cd', [['cd', 20, 22]]]],
    [4, 5, ['d', [['d', 21, 22]]]],
    [2, 3, ['-', [['-', undefined, undefined]]]],
    [2, 2, ['', []]],
  ])('from %i to %i has its places', (start, end, expected) => {
    expect(shown(sliceText(value, start, end))).toEqual(expected);
  });

  test('has no place where escapes stand in the whole', () => {
    const escaped = textValue([{ text: 'ab', origin: origin(10, 14, { verbatim: false }) }]);
    expect(shown(sliceText(escaped, 0, 1))).toEqual(['a', [['a', undefined, undefined]]]);
    expect(shown(sliceText(escaped, 0, 2))).toEqual(['ab', [['ab', 10, 14]]]);
  });

  test('of a word in YAML without quotes gets no quotes', () => {
    const plain = textValue([{ text: 'web:1', origin: origin(0, 5, { quote: 'yaml-plain' }) }]);
    expect(literalsOf(sliceText(plain, 4, 5))).toEqual([origin(4, 5, { quote: 'yaml' })]);
    expect(literalsOf(sliceText(plain, 0, 5))).toEqual([origin(0, 5, { quote: 'yaml-plain' })]);
  });

  test('keeps the empty literal', () => {
    const empty = textValue([{ text: '', origin: origin(3, 3) }]);
    expect(literalsOf(sliceText(empty, 0, 0))).toEqual([origin(3, 3)]);
    expect(literalsOf(undefined)).toEqual([]);
    expect(literalsOf({ kind: 'unfollowable' })).toEqual([]);
  });
});
