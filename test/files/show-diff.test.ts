import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { showDiff } from '../../src/files/show-diff.js';
import { unifiedDiff } from '../../src/files/unified-diff.js';

const ESC = '\u001b';
const DIFF = unifiedDiff('a.nix', 'x\n-- old\n', 'x\n++ new\n');

test('has the colours that git uses, also where a line looks like a heading', () => {
  expect(
    showDiff(DIFF + DIFF, { colour: true })
      .split('\n')
      .slice(7),
  ).toEqual([
    `${ESC}[1mdiff --git a/a.nix b/a.nix${ESC}[m`,
    `${ESC}[1m--- a/a.nix${ESC}[m`,
    `${ESC}[1m+++ b/a.nix${ESC}[m`,
    `${ESC}[36m@@ -1,2 +1,2 @@${ESC}[m`,
    ' x',
    `${ESC}[31m--- old${ESC}[m`,
    `${ESC}[32m+++ new${ESC}[m`,
    '',
  ]);
});

test('without colours is the diff', () => {
  expect(showDiff(DIFF, { colour: false })).toBe(DIFF);
  expect(stripVTControlCharacters(showDiff(DIFF, { colour: true }))).toBe(DIFF);
});

test.each([true, false])('nothing in it acts on a terminal (colour: %s)', (colour) => {
  const bad = `a${ESC}[2J\u0007\u009b1m\u202egnirts\u2066\rb\ttab ä🐋`;
  const shown = showDiff(unifiedDiff('a.nix', `${bad}\n`, `${bad}!\r\n`), { colour });
  expect(stripVTControlCharacters(shown)).toContain('+a\ufffd[2J\ufffd\ufffd1m\ufffdgnirts\ufffd\ufffdb\ttab ä🐋!\n');
  expect(stripVTControlCharacters(shown)).not.toMatch(/[^\P{Cc}\t\n]|\p{Bidi_Control}/u);
});
