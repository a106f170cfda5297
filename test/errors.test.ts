import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWord } from '../src/errors.js';

test.each([
  ['images.nix', 'images.nix'],
  ['../a/b+c@d.nix', '../a/b+c@d.nix'],
  ['-x.nix', './-x.nix'],
  ['a b.nix', "'a b.nix'"],
  // zsh puts the path of ls there.
  ['=ls', "'=ls'"],
  ["it's.nix", "'it'\\''s.nix'"],
  ['', "''"],
])('%j is %s in a command', (text, word) => {
  expect(shellWord(text)).toBe(word);
});

test.each([
  ['sh', []],
  ['zsh', ['-f']],
])('%s takes it as one word, and runs nothing', (shell, options) => {
  const names = [
    'a;touch x',
    '$(touch x)',
    '`touch x`',
    "'; touch x; '",
    '\\',
    '*',
    '~',
    'a&b',
    '#a',
    '=ls',
    '[::1]:5000/web',
    'a\u00a0b',
    '\u00e9',
  ];
  const command = `printf '%s\\n' ${names.map(shellWord).join(' ')}`;
  expect(execFileSync(shell, [...options, '-c', command], { encoding: 'utf8' })).toBe(`${names.join('\n')}\n`);
});

test('what no line may have is replaced', () => {
  expect(shellWord('a\nb')).toBe("'a\ufffdb'");
});
