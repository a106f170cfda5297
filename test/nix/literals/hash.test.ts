import { describe, expect, test } from 'vitest';
import {
  formatHash,
  HASH_FORMATS,
  HashError,
  isPlaceholder,
  parseHash,
  readHash,
  ZERO_HASH,
} from '../../../src/nix/literals/hash.js';
import { digestOf } from '../../../src/oci/verified.js';

/** As `nix hash` prints the hash of "hello\n". */
const HELLO = {
  sri: 'sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=',
  nix32: '00xyyr3fi8l6hb839bv3f7yb86yjv7xi1cgh1xnhipym4asvb4aq',
  hex: '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03',
} as const;
const BASE64 = HELLO.sri.slice('sha256-'.length);

test('a hash is written in each of Nix’s forms', () => {
  const forms = HASH_FORMATS.map((format) => formatHash(digestOf('hello\n'), format));
  expect(forms).toEqual([HELLO.sri, HELLO.nix32, HELLO.hex]);
});

describe('a hash is read in each form that Nix accepts', () => {
  test.each([
    [HELLO.sri, 'sri', false],
    [HELLO.nix32, 'nix32', false],
    [HELLO.hex, 'hex', false],
    [HELLO.hex.toUpperCase(), 'hex', false],
    [BASE64, 'base64', false],
    [`sha256:${HELLO.nix32}`, 'nix32', true],
    [`sha256:${HELLO.hex}`, 'hex', true],
    [`sha256:${BASE64}`, 'base64', true],
  ])('%s', (text, format, prefixed) => {
    expect(parseHash(text)).toEqual({ hash: digestOf('hello\n'), format, prefixed });
  });

  test('and gives the same bytes back, for any bytes', () => {
    for (let seed = 0; seed < 500; seed += 1) {
      const hash = digestOf(`seed ${seed}`);
      for (const format of HASH_FORMATS)
        expect(parseHash(formatHash(hash, format))).toEqual({ hash, format, prefixed: false });
    }
  });
});

describe('a text that is not 32 bytes in a known alphabet is refused, with the reason', () => {
  const length = (count: number) => `${count} characters, but a hash has 44 (base64), 52 (base 32) or 64 (hex)`;
  const notBase64 = 'the base64 does not stand for 32 bytes';

  test.each([
    ['', length(0)],
    ['sha256:', length(0)],
    ['sha256-', notBase64],
    [HELLO.hex.slice(1), length(63)],
    [`${HELLO.hex}0`, length(65)],
    [`${HELLO.hex}\n`, length(65)],
    [HELLO.hex.replace('5', 'g'), 'not all characters are hex digits'],
    [HELLO.nix32.replace('x', 'e'), "'e' is not a letter of Nix's base 32"],
    [HELLO.nix32.replace('x', 'X'), "'X' is not a letter of Nix's base 32"],
    [`2${HELLO.nix32.slice(1)}`, 'it stands for more than 32 bytes'],
    [`4${HELLO.nix32.slice(1)}`, 'it stands for more than 32 bytes'],
    [HELLO.sri.slice(0, -1), notBase64],
    [HELLO.sri.replace('/', '_'), notBase64],
    [`sha256-${HELLO.hex}`, notBase64],
    [`sha512-${BASE64}`, length(51)],
    [`${BASE64.slice(0, -2)}N=`, notBase64],
    [`sha256:${HELLO.sri}`, length(51)],
  ])('%s', (text, reason) => {
    expect(() => parseHash(text)).toThrow(HashError);
    expect(() => parseHash(text)).toThrow(` is not a sha256 that Nix knows: ${reason}`);
    expect(readHash(text)).toBeUndefined();
  });
});

describe('a hash that is still to be filled in', () => {
  const zeros = HASH_FORMATS.map((format) => formatHash(ZERO_HASH, format));

  test.each(['', ' ', '\n', ...zeros, `sha256:${zeros[1]}`])('%j is one', (text) => {
    expect(isPlaceholder(text)).toBe(true);
  });

  test.each(['TODO', '0', ...Object.values(HELLO)])('%j is none', (text) => {
    expect(isPlaceholder(text)).toBe(false);
  });
});
