import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  algorithmOf,
  DigestError,
  hexOf,
  isBlobDigest,
  isDigest,
  isPlaceholderDigest,
  parseDigest,
  shortDigest,
} from '../../src/oci/digest.js';

const HEX = createHash('sha256').update('hello').digest('hex');
const LONG = createHash('sha512').update('hello').digest('hex');

describe('a digest', () => {
  test('is sha256 for an image, and may be sha512 for a blob', () => {
    expect(isDigest(`sha256:${HEX}`) && isBlobDigest(`sha256:${HEX}`)).toBe(true);
    expect(isDigest(`sha512:${LONG}`)).toBe(false);
    expect(isBlobDigest(`sha512:${LONG}`)).toBe(true);
    expect(parseDigest(`sha256:${HEX}`)).toBe(`sha256:${HEX}`);
  });

  test.each([
    ['algorithm of the other length', `sha512:${HEX}`],
    ['algorithm of the other length', `sha256:${LONG}`],
    ['digit too few', `sha256:${HEX.slice(1)}`],
    ['digit too many', `sha256:${HEX}0`],
    ['digit too few', `sha512:${LONG.slice(1)}`],
    ['digit too many', `sha512:${LONG}0`],
    ['capital letter', `sha256:${HEX.toUpperCase()}`],
    ['letter that is no digit', `sha256:g${HEX.slice(1)}`],
    ['word in front', ` sha256:${HEX}`],
    ['word in front', ` sha512:${LONG}`],
    ['line behind it', `sha256:${HEX}\n`],
    ['hash without algorithm', HEX],
    ['text', ''],
  ])('has no %s: %j', (_, text) => {
    expect([isDigest(text), isBlobDigest(text)]).toEqual([false, false]);
    expect(() => parseDigest(text)).toThrow(DigestError);
    expect(() => parseDigest(text)).toThrow('is not a digest: expected sha256: and 64 lower-case hex digits');
  });

  test('has an algorithm that Node knows, and its digits', () => {
    for (const [algorithm, hex] of [
      ['sha256', HEX],
      ['sha512', LONG],
    ] as const) {
      expect(algorithmOf(`${algorithm}:${hex}`)).toBe(algorithm);
      expect(hexOf(`${algorithm}:${hex}`)).toBe(hex);
    }
  });

  test('is shown by its first twelve digits', () => {
    expect(shortDigest(`sha256:${HEX}`)).toBe(HEX.slice(0, 12));
    for (const text of ['', HEX, `sha512:${LONG}`, `x sha256:${HEX}`]) expect(shortDigest(text)).toBe('none');
  });
});

test('what stands for a digest that is still to be filled in', () => {
  const zeros = '0'.repeat(64);
  const fake = `sha256-${'A'.repeat(43)}=`;
  for (const text of ['', 'sha256:', zeros, `sha256:${zeros}`, fake]) expect(isPlaceholderDigest(text)).toBe(true);
  for (const text of [
    HEX,
    `sha256:${HEX}`,
    zeros.slice(1),
    `${zeros}0`,
    `x${zeros}`,
    `${fake}=`,
    `x${fake}`,
    'sha512:',
  ])
    expect(isPlaceholderDigest(text)).toBe(false);
});
