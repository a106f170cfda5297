// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Nix has interpolations of its own
import { expect, test } from 'vitest';
import { parseNix } from '../../../src/nix/language/parser.js';
import { constantText, stringRuns } from '../../../src/nix/language/string-text.js';
import type { StringLiteral } from '../../../src/nix/language/syntax.js';
import { evaluateNix } from '../../support/nix-judge.js';
import { randomStringLiteral } from '../../support/nix-programs.js';
import { createRandom } from '../../support/random.js';

function literal(source: string): StringLiteral {
  const { root } = parseNix(source, 'p.nix');
  if (root.kind !== 'string') throw new TypeError(`${source} is not a string`);
  return root;
}

test('1,000 random strings mean what Nix says they mean', async () => {
  const random = createRandom(7);
  const literals = Array.from({ length: 1000 }, () => randomStringLiteral(random));
  const ours = literals.map((source) => constantText(source, literal(source)));
  const theirs = (await evaluateNix(`[ ${literals.join('\n')} ]`)) as string[];
  literals.forEach((source, index) => {
    expect(ours[index], JSON.stringify(source)).toBe(theirs[index]);
  });
});

test('indentation is counted over interpolations and stripped around them', async () => {
  const source = "''\n    a ${x}\n      b\n   ${x} c\n  ''";
  const ours = stringRuns(source, literal(source)).map((run) => (run.kind === 'text' ? run.text : 'X'));
  expect(ours.join('')).toBe(await evaluateNix(`let x = "X"; in ${source}`));
  expect(constantText(source, literal(source))).toBeUndefined();
});

test('a run that is written without escapes has its position', () => {
  const source = '"sha256:${d}x\\n"';
  expect(stringRuns(source, literal(source))).toMatchObject([
    { kind: 'text', text: 'sha256:', verbatim: true, start: 1, end: 8 },
    { kind: 'interpolation', start: 8, end: 12 },
    { kind: 'text', text: 'x\n', verbatim: false, start: 12, end: 15 },
  ]);
  const indented = "''it's $5''";
  expect(stringRuns(indented, literal(indented))).toMatchObject([
    { text: "it's $5", verbatim: true, start: 2, end: 9 },
  ]);
});

test('a run of an indented string has its position where nothing is taken from it', () => {
  const runsOf = (source: string) =>
    stringRuns(source, literal(source)).map((run) => (run.kind === 'text' ? [run.text, run.verbatim] : []));
  expect(runsOf("''a\nb''")).toEqual([['a\nb', true]]);
  expect(runsOf("''\n  a\n  b\n''")).toEqual([['a\nb\n', false]]);
  expect(runsOf("''''$a''")).toEqual([
    ['$', false],
    ['a', true],
  ]);
  expect(runsOf("''a'''b''")).toEqual([
    ['a', true],
    ["''", false],
    ['b', true],
  ]);
});
