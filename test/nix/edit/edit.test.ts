// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Nix has interpolations of its own
import { describe, expect, test } from 'vitest';
import { PullpinError } from '../../../src/errors.js';
import {
  applyEdits,
  differsOnlyIn,
  OverlappingEditsError,
  reconcileEdits,
  rewrite,
} from '../../../src/nix/edit/edit.js';
import { quoteLike } from '../../../src/nix/edit/quote-like.js';
import { textValue } from '../../../src/nix/values/text.js';
import type { TextValue } from '../../../src/nix/values/value.js';
import { evaluateNix } from '../../support/nix-judge.js';

const edit = (start: number, end: number, text: string) => ({ start, end, text });

describe('applyEdits', () => {
  test('makes all edits, in any order', () => {
    expect(applyEdits('abcdef', [edit(4, 5, 'E!'), edit(0, 1, ''), edit(2, 2, '+')])).toBe('b+cdE!f');
    expect(applyEdits('é😀x', [edit(3, 4, 'y')])).toBe('é😀y');
    expect(applyEdits('abc', [])).toBe('abc');
    expect(applyEdits('ab', [edit(0, 1, 'x'), edit(1, 2, 'y')])).toBe('xy');
  });

  test.each([
    [edit(0, 2, 'x'), edit(1, 3, 'y')],
    [edit(1, 1, 'x'), edit(1, 1, 'y')],
    [edit(0, 3, 'x'), edit(1, 2, 'y')],
  ])('refuses overlapping edits %j %j', (first, second) => {
    expect(() => applyEdits('abcdef', [second, first])).toThrow(OverlappingEditsError);
  });

  test('says which edits overlap, in the order of the source', () => {
    for (const edits of [
      [edit(1, 3, 'x'), edit(1, 1, 'y')],
      [edit(1, 1, 'y'), edit(1, 3, 'x')],
    ])
      expect(() => applyEdits('abcdef', edits)).toThrow('two changes overlap, at 1-1 and 1-3; change one at a time');
  });

  test.each([
    [2, 4],
    [4, 4],
    [-1, 1],
    [2, 1],
  ])('a range outside of the source is a bug in the caller: %i to %i', (start, end) => {
    expect(() => applyEdits('abc', [edit(start, end, '')])).toThrow(RangeError);
    expect(() => applyEdits('abc', [edit(start, end, '')])).toThrow(`the source has no range ${start}-${end}`);
  });
});

test('the same edit twice is one; different texts at one place are a conflict', () => {
  const at = (file: string, start: number, text: string) => ({ file, ...edit(start, start + 2, text) });
  const same = [at('a', 0, 'x'), at('a', 0, 'x')];
  const clash = [at('a', 4, 'x'), at('a', 4, 'y'), at('a', 5, 'z')];
  const other = at('b', 4, 'x');
  expect(reconcileEdits([...clash, other, ...same])).toEqual({ edits: [same[0], other], conflicts: clash });
});

test('edits of which one thing differs are not the same', () => {
  const first = { file: 'a', ...edit(2, 4, 'x') };
  for (const other of [
    { ...first, file: 'b' },
    { ...first, start: 4, end: 4 },
    { ...first, start: 7, end: 9 },
  ])
    expect(reconcileEdits([first, other])).toEqual({ edits: [first, other], conflicts: [] });
  for (const other of [
    { ...first, text: 'y' },
    { ...first, end: 5 },
    { ...first, start: 1 },
  ])
    expect(reconcileEdits([first, other]).conflicts).toHaveLength(2);
  const around = { file: 'a', ...edit(0, 9, 'z') };
  const inside = { file: 'a', ...edit(6, 8, 'w') };
  expect(reconcileEdits([first, around, inside])).toEqual({ edits: [], conflicts: expect.any(Array) });
  expect(reconcileEdits([first, around, inside]).conflicts).toHaveLength(3);
});

describe('a value is rewritten in the one literal that has to change', () => {
  const origin = (start: number, end: number) => ({ file: 'f', start, end, quote: '"' as const, verbatim: true });
  const value = (...segments: TextValue['segments']) => textValue(segments);
  const tag = value({ text: 'v', origin: origin(1, 2) }, { text: '1.2', origin: origin(10, 13) }, { text: '-x' });
  test.each([
    ['v1.3-x', [{ file: 'f', start: 10, end: 13, text: '1.3' }]],
    ['v1.2-x', []],
    ['1.3-x', undefined],
    ['v1.3-y', undefined],
    ['v-x', [{ file: 'f', start: 10, end: 13, text: '' }]],
  ])('%s', (text, expected) => {
    expect(rewrite(tag, text)).toEqual(expected);
  });
});

describe('a text stays a text, with any characters in it', () => {
  const EVIL = [
    '"; x = 1; y = "',
    '${builtins.abort "x"}',
    "''; x",
    "it''s",
    "a'",
    "a''",
    '$',
    '$$',
    'a$',
    "'$",
    '\\',
    '\\n',
    '$${x}',
    "''${x}",
    "'''",
    "''\\",
    '# x',
    'a\\${b}',
    'sha256-a+/=',
    "x'$",
    "$''",
  ];
  test.each([
    ['"', '"', '"'],
    ["''", "''", "''"],
    ['expression', '', ''],
  ] as const)('in %s', async (quote, before, after) => {
    const literals = EVIL.map((text) => `${before}${quoteLike(quote, text)}${after}`);
    expect(await evaluateNix(`[ ${literals.join('\n')} ]`)).toEqual(EVIL);
  });

  test('in JSON', () => {
    for (const text of [...EVIL, '\u0000\n\ud800']) expect(JSON.parse(`"${quoteLike('json', text)}"`)).toBe(text);
  });

  test('what a quote cannot hold is named', () => {
    expect(() => quoteLike('uri', 'a b')).toThrow(
      "'a b' cannot stand in a URI without quotes; put quotes around the URI first",
    );
    expect(() => quoteLike('toml', 'a b')).toThrow("'a b' cannot stand in a file that is not Nix");
    expect(() => quoteLike("''", ' a')).toThrow("' a' cannot stand in an indented string");
  });

  test.each([
    ...['~', 'null', 'true', 'False', 'YES', 'on', 'off', 'y', 'N', '-1', '=', ':a', '@a', '1_0', '.5', '1.', '0o17'],
    ...['017', '0X1F', '+1', '1.0', '1E5', '190:20:30', '2001-1-1'],
  ])('%s is no text in YAML without quotes', (text) => {
    if (/^[\w.:/@+=-]*$/.test(text)) expect(quoteLike('yaml-plain', text)).toBe(`"${text}"`);
    else expect(() => quoteLike('yaml-plain', text)).toThrow(PullpinError);
  });

  test.each(['nulls', 'yesterday', 'x1', '1.2.3', '16', '0', '1.5', 'v1', '2001-1', '1:x', 'a:b', '1-2'])(
    '%s is a text in YAML without quotes',
    (text) => expect(quoteLike('yaml-plain', text)).toBe(text),
  );

  test('what a URI or an indented string cannot hold is refused', () => {
    for (const text of ['1.30', '1e3', '0x1f', '010', '1:30', 'no', 'NULL', '2024-01-01', '']) {
      expect(quoteLike('yaml-plain', text)).toBe(`"${text}"`);
    }
    for (const text of ['1.27', '16', '1.2.0', 'v1.30', '1.30-alpine', `sha256:${'0'.repeat(64)}`])
      expect(quoteLike('yaml-plain', text)).toBe(text);
    for (const quote of ['yaml', 'yaml-plain', 'toml'] as const)
      for (const text of ['a b', 'a"', "a'", '#a', 'a\nb', '{a}'])
        expect(() => quoteLike(quote, text)).toThrow(PullpinError);
    expect(quoteLike('uri', '1.2@sha256:ab')).toBe('1.2@sha256:ab');
    for (const text of ['', 'a b', 'a;', '${x}', 'a"']) expect(() => quoteLike('uri', text)).toThrow(PullpinError);
    for (const text of ['a\nb', ' a', '\t']) expect(() => quoteLike("''", text)).toThrow(PullpinError);
  });
});

describe('differsOnlyIn', () => {
  const before = '{ a = "x"; b = lib.fakeHash; c = ""; } # 1.2';
  const change = (from: string, text: string) => {
    const start = before.indexOf(from);
    return edit(start, start + from.length, text);
  };
  test.each([
    [[change('x', 'yz'), change('lib.fakeHash', '"h"'), change('1.2', '1.3')], true],
    [[edit(before.indexOf('""') + 1, before.indexOf('""') + 1, 'new')], true],
    [[change('x', '')], true],
    [[change('x', 'y"; d = "z')], false],
    [[change('x', '${1}')], false],
    [[change('x', '"')], false],
    [[change('lib.fakeHash', '"h" "i"')], false],
    [[change('lib.fakeHash', 'h')], false],
    [[change('1.2', '1\n')], true],
    [[change('1.2', '\nx')], false],
  ])('%j: %s', (edits, expected) => {
    expect(differsOnlyIn(before, applyEdits(before, edits), edits)).toBe(expected);
  });

  const table = '{ x86_64-linux = "a"; }';
  test.each([
    [' aarch64-linux = "b";', true],
    [' "aarch64-linux" = "b";', true],
    [' os = "linux"; arch = "arm64";', true],
    [' x.os = "linux"; x.arch = "arm64";', true],
    [' arm = { imageDigest = "d"; hash = "h"; tlsVerify = false; };', true],
    [' arm = fetch { imageDigest = "d"; };', true],
    [' arm = dockerTools.pullImage { imageDigest = "d"; };', true],
    [' arm = pull { layers = [ "a" { digest = "b"; unpack = false; } ]; };', true],
    [' arm = builtins.readFile ./x;', false],
    [' arm = f x { imageDigest = "d"; };', false],
    [' arm = { imageDigest = f "d"; };', false],
    [' arm = { imageDigest = "${x}"; };', false],
    [' arm = { layers = [ x ]; };', false],
    [' arm = { layers = [ { digest = "b"; } ]; };', false],
    [' inherit arm;', false],
    [' } // { a = "b";', false],
    [' arm = "b"', false],
  ])('what is inserted is whole entries of constants: %s: %s', (text, expected) => {
    const edits = [edit(table.indexOf(' }'), table.indexOf(' }'), text)];
    expect(differsOnlyIn(table, applyEdits(table, edits), edits)).toBe(expected);
    const instead = [edit(table.indexOf('"a"'), table.indexOf('"a"') + 3, `"a";${text}`.replace(/;$/, ''))];
    expect(differsOnlyIn(table, applyEdits(table, instead), instead)).toBe(false);
  });

  test('a change outside of the edits is detected', () => {
    expect(differsOnlyIn('{ a = 1; }', '{ a = 2; }', [])).toBe(false);
  });
});
