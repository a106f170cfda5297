import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { PullpinError, UsageError } from '../../../src/errors.js';
import { nixAttribute, nixComment, nixString, parseAttributePath } from '../../../src/nix/literals/text.js';
import { createRandom } from '../../support/random.js';

/** What Nix makes of some code. */
function evaluated(code: string): unknown {
  return JSON.parse(
    execFileSync('nix-instantiate', ['--eval', '--strict', '--json', '-E', code, '--store', 'dummy://'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
}

test('any text that is written as a string is the same string in Nix', () => {
  const [dollar, brace] = ['$', '{'];
  const pieces = [
    '"',
    '\\',
    '$',
    '{',
    '}',
    `${dollar}${brace}`,
    `${dollar}${dollar}${brace}`,
    "''",
    '\n',
    '\r',
    '\t',
    ' ',
    'a',
    '#',
    ';',
    '\u2028',
    '\u00e9',
    '\u{1f40b}',
    '/*',
  ];
  const random = createRandom(7);
  const texts = [
    '',
    ...pieces,
    ...Array.from({ length: 300 }, () =>
      Array.from({ length: random.integer(1, 8) }, () => random.pick(pieces)).join(''),
    ),
  ];
  expect(evaluated(`[ ${texts.map(nixString).join(' ')} ]`)).toEqual(texts);
});

test.each(['\u0000', 'a\u001b[31m', '\u007f', '\u0008'])('%j has no spelling in Nix', (text) => {
  expect(() => nixString(text)).toThrow(PullpinError);
  expect(() => nixString(text)).toThrow(/^'[^\p{C}]*' has control characters/u);
});

describe('a comment is one line', () => {
  test.each(['', 'tag 7.4', `*/ "${'$'}{x}" \\`, '\u00e9'])('%j', (text) => {
    expect(evaluated(`1 ${nixComment(text)}\n+ 1`)).toBe(2);
  });

  test.each(['a\nb', 'a\rb', 'a\u2028b', 'a\u0085b', '\u001b[2J', '\t', '\ud800', '\u202e'])(
    '%j is refused',
    (text) => {
      expect(() => nixComment(text)).toThrow('one printable line');
    },
  );
});

describe('a function is a dotted path of identifiers', () => {
  test.each(['pullImage', 'pkgs.dockerTools.pullImage', "a'b-c._x"])('%s', (text) => {
    expect(parseAttributePath(text)).toBe(text);
  });

  test.each(['', '.', 'a.', '.a', 'a b', '1a', 'a."b"', `a.${'$'}{b}`, 'a.in', 'or', 'a\n', '\u00e9', '-a'])(
    '%j is refused',
    (text) => {
      expect(() => parseAttributePath(text)).toThrow(UsageError);
    },
  );
});

test.each([
  ['web', 'web'],
  ["_a-b'2", "_a-b'2"],
  ['2a', '"2a"'],
  ['a.b', '"a.b"'],
  ['', '""'],
  ['let', '"let"'],
  ['or', '"or"'],
  ['lets', 'lets'],
  ['a"b', '"a\\"b"'],
])('%j as the name of an attribute', (text, written) => {
  expect(nixAttribute(text)).toBe(written);
  expect(evaluated(`builtins.attrNames { ${written} = 1; }`)).toEqual([text]);
});
