import { expect, test } from 'vitest';
import { readMismatches } from '../../src/explain/nix-error.js';
import { formatHash } from '../../src/nix/literals/hash.js';
import { digestOf } from '../../src/oci/verified.js';

const [ONE, TWO] = [digestOf('one'), digestOf('two')];

test.each([
  ['Nix 2.4 and later', `  specified: ${formatHash(ONE, 'sri')}\n     got:    ${formatHash(TWO, 'sri')}`],
  ['Nix 2.3', `  wanted: sha256:${formatHash(ONE, 'nix32')}\n  got:    sha256:${formatHash(TWO, 'nix32')}`],
  [
    'Lix',
    `        specified: ${formatHash(ONE, 'sri')}\n           got: ${formatHash(TWO, 'sri')}\n   expected path: /nix/store/a`,
  ],
  ['hex', `expected: ${formatHash(ONE, 'hex')}\ngot: ${formatHash(TWO, 'hex')}`],
  [
    'with colours',
    `\u001b[31m  specified: ${formatHash(ONE, 'sri')}\u001b[0m\n\u001b[1m  got: ${formatHash(TWO, 'sri')}\u001b[0m`,
  ],
  ...['2026-11-27T10:59:50.9612345Z ', 'Nov 27 10:59:50 host nix-daemon[71]: ', 'web> ', '#12 3.141 ', '| '].map(
    (front) => [
      `behind '${front}'`,
      `${front}  specified: ${formatHash(ONE, 'sri')}\r\n${front}     got:    ${formatHash(TWO, 'sri')}\r`,
    ],
  ),
  [
    'within a log',
    `building…\nerror: hash mismatch\n specified: ${formatHash(ONE, 'sri')}\n\n got: ${formatHash(TWO, 'sri')}\nerror: 1 dependency`,
  ],
])('the two hashes are read: %s', (_, text) => {
  expect(readMismatches(text)).toMatchObject([{ specified: ONE, got: TWO }]);
});

test('several are read in order, and what is no hash is nothing', () => {
  const pair = (a: string, b: string): string => `specified: ${a}\ngot: ${b}\n`;
  const text = pair(formatHash(ONE, 'sri'), 'sha256-nope') + pair(formatHash(TWO, 'sri'), formatHash(ONE, 'sri'));
  expect(readMismatches(text)).toEqual([{ specified: TWO, got: ONE, name: undefined }]);
  expect(readMismatches('got: hello\nspecified: world')).toEqual([]);
  expect(readMismatches(pair(formatHash(ONE, 'sri'), formatHash(TWO, 'sri')).repeat(100))).toHaveLength(20);
});

test.each([
  [
    "error: hash mismatch in fixed-output derivation '/nix/store/0c0jqrl9kzl5bl1kcfjhjzv4jl3ak9sf-docker-image-a-1.tar.drv':",
  ],
  ["hash mismatch in fixed-output derivation '/nix/store/0c0jqrl9kzl5bl1kcfjhjzv4jl3ak9sf-docker-image-a-1.tar':"],
])('the name of the download is read: %s', (line) => {
  const text = `${line}\n specified: ${formatHash(ONE, 'sri')}\n got: ${formatHash(TWO, 'sri')}\n`;
  expect(readMismatches(text)).toEqual([{ specified: ONE, got: TWO, name: 'docker-image-a-1.tar' }]);
});
