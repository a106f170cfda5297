import { expect, test } from 'vitest';
import { isSize } from '../../src/oci/descriptor.js';

test('a size is a whole number of bytes that JavaScript holds exactly', () => {
  for (const value of [0, 1, Number.MAX_SAFE_INTEGER]) expect(isSize(value)).toBe(true);
  for (const value of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', null, undefined])
    expect(isSize(value)).toBe(false);
});
