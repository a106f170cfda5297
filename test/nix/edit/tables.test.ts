import { describe, expect, test } from 'vitest';
import { applyEdits } from '../../../src/nix/edit/edit.js';
import { insertAfter, takeOut } from '../../../src/nix/edit/insert-after.js';
import { differInOneObject, jsonTableEdits, objectsAround } from '../../../src/nix/edit/json-table.js';
import { keyOfPlatform, styleOfKeys } from '../../../src/nix/edit/system-keys.js';

/** The place of a text in another one. */
const placeOf = (source: string, text: string) => {
  const start = source.indexOf(text);
  return { start, end: start + text.length };
};

describe('in JSON, entries go with their commas, and new ones come behind the last that stays', () => {
  function changed(source: string, dropped: readonly string[], added: readonly string[]): string {
    const [entries = []] = objectsAround(source, 'a.json', { start: 1, end: 1 });
    const gone = entries.filter(({ name }) => dropped.includes(name));
    return applyEdits(source, jsonTableEdits(source, 'a.json', entries, gone, added));
  }

  test.each<[string, string, string[], string[], string]>([
    ['the first', '{"a": 1, "b": 2, "c": 3}', ['a'], [], '{"b": 2, "c": 3}'],
    ['one in the middle', '{"a": 1, "b": 2, "c": 3}', ['b'], [], '{"a": 1, "c": 3}'],
    ['the last', '{"a": 1, "b": 2, "c": 3}', ['c'], [], '{"a": 1, "b": 2}'],
    ['the last two', '{"a": 1, "b": 2, "c": 3}', ['b', 'c'], [], '{"a": 1}'],
    ['the first two', '{"a": 1, "b": 2, "c": 3}', ['a', 'b'], [], '{"c": 3}'],
    ['the outer ones', '{"a": 1, "b": 2, "c": 3}', ['a', 'c'], [], '{"b": 2}'],
    ['none for one', '{"a": 1}', [], ['"z": 9'], '{"a": 1, "z": 9}'],
    ['none for two', '{"a": 1}', [], ['"y": 8', '"z": 9'], '{"a": 1, "y": 8, "z": 9}'],
    ['the first for one', '{"a": 1, "b": 2}', ['a'], ['"z": 9'], '{"b": 2, "z": 9}'],
    ['the last for one', '{"a": 1, "b": 2}', ['b'], ['"z": 9'], '{"a": 1, "z": 9}'],
    ['none on lines', '{\n  "a": 1,\n  "b": 2\n}', [], ['"z": 9'], '{\n  "a": 1,\n  "b": 2,\n  "z": 9\n}'],
    ['one on lines', '{\n  "a": 1,\n  "b": 2\n}', ['b'], ['"z": 9'], '{\n  "a": 1,\n  "z": 9\n}'],
    ['lines as on Windows', '{\r\n\t"a": 1\r\n}', [], ['"z": 9'], '{\r\n\t"a": 1,\r\n\t"z": 9\r\n}'],
    ['a line of several', '{\n  "a": 1, "b": 2\n}', [], ['"z": 9'], '{\n  "a": 1, "b": 2, "z": 9\n}'],
    ['all, which stay, as none would be left', '{"a": 1}', ['a'], ['"z": 9'], '{"a": 1}'],
  ])('%s', (_, source, dropped, added, expected) => {
    expect(changed(source, dropped, added)).toBe(expected);
  });
});

test('the objects around a place in JSON, the innermost last', () => {
  const source = '{"a": [{"b": {"c": 1, "d": 2}}], "e": {}}';
  const names = (text: string) =>
    objectsAround(source, 'a.json', placeOf(source, text)).map((entries) => entries.map(({ name }) => name));
  expect(names('1')).toEqual([['a', 'e'], ['b'], ['c', 'd']]);
  expect(names('"e"')).toEqual([['a', 'e']]);
  const [entry] = objectsAround(source, 'a.json', placeOf(source, '2')).at(-1) ?? [];
  expect(entry).toMatchObject({ name: 'c', key: placeOf(source, '"c"'), ...placeOf(source, '"c": 1') });
});

describe('two texts of JSON differ in one object only', () => {
  const before = '{"x": {"amd64": "old", "arm64": "old"}, "y": [{"z": 1}, null, true, 2]}';

  test.each([
    before,
    before.replace('"old"', '"new"'),
    before.replaceAll('"old"', '{"hash": "new"}'),
    before.replace(', "arm64": "old"', ''),
    before.replace('"amd64": "old", ', ''),
    before.replace('"old"}', '"old", "s390x": "new"}'),
    before.replaceAll(' ', '\n'),
  ])('as these do: %s', (after) => {
    expect(differInOneObject(before, after, 'a.json', before.indexOf('old'))).toBe(true);
  });

  test.each([
    before.replace('"z": 1', '"z": 2'),
    before.replace('"z"', '"w"'),
    before.replace('null', '"null"'),
    before.replace('true', 'false'),
    before.replace(', 2]', ', 3]'),
    before.replace(', 2]', ']'),
    before.replace('"y"', '"w"'),
    before.replace('"x"', '"w"'),
    before.replace(/, "y".*/, '}'),
    before.replace('{"z": 1}', '[]'),
    before.replace(/\}$/, ', "more": 1}'),
    before.replace('"x": {', '"w": {}, "x": {'),
    '[]',
    '{}',
  ])('as these do not: %s', (after) => {
    expect(differInOneObject(before, after, 'a.json', before.indexOf('old'))).toBe(false);
  });
});

describe('bindings of Nix', () => {
  const BINDING = 'b = 2;';

  test.each([
    ['on a line of its own', '{\n  b = 2;\n}', '{\n  b = 2;\n  c = 3;\n  d = 4;\n}'],
    ['with a comment behind it', '{\n\tb = 2; # two\n}', '{\n\tb = 2; # two\n\tc = 3;\n\td = 4;\n}'],
    ['as on Windows', '{\r\n  b = 2;\r\n}', '{\r\n  b = 2;\r\n  c = 3;\r\n  d = 4;\r\n}'],
    ['at the end of the text', '  b = 2;', '  b = 2;\n  c = 3;\n  d = 4;'],
    ['before another one', '{\n  b = 2; e = 5;\n}', '{\n  b = 2; c = 3; d = 4; e = 5;\n}'],
    ['behind another one', '{ a = 1; b = 2;\n}', '{ a = 1; b = 2; c = 3; d = 4;\n}'],
    ['before another comment', '{\n  b = 2; /* 2 */\n}', '{\n  b = 2; c = 3; d = 4; /* 2 */\n}'],
  ])('come behind one %s', (_, source, expected) => {
    const edit = insertAfter(source, placeOf(source, BINDING), ['c = 3;', 'd = 4;']);
    expect(applyEdits(source, [edit])).toBe(expected);
  });

  test.each([
    ['with its line', '{\n  a = 1;\n  b = 2;\n  c = 3;\n}', '{\n  a = 1;\n  c = 3;\n}'],
    ['with its comment', '{\n  a = 1;\n  b = 2; # two\n}', '{\n  a = 1;\n}'],
    ['with its line as on Windows', '{\r\n  b = 2;\r\n}\r\n', '{\r\n}\r\n'],
    ['at the end of the text', '{\n  b = 2;', '{\n'],
    ['at the start of the text', 'b = 2;\nc', 'c'],
    ['from its line', '{ a = 1; b = 2; c = 3; }', '{ a = 1; c = 3; }'],
    ['from the end of a line', '{ a = 1;\tb = 2;\n}', '{ a = 1;\n}'],
    ['from the start of a line', '{\n  b = 2; c = 3;\n}', '{\n c = 3;\n}'],
    ['before another comment', '{\n  b = 2; /* 2 */\n}', '{\n /* 2 */\n}'],
  ])('go %s', (_, source, expected) => {
    expect(applyEdits(source, [takeOut(source, placeOf(source, BINDING))])).toBe(expected);
  });
});

describe('the keys of a table by system', () => {
  test.each([
    [['x86_64-linux', 'aarch64-linux'], 'system'],
    [['x86_64', 'aarch64', 's390x'], 'processor'],
    [['s390x', 'x86_64'], 'processor'],
    [['amd64', 'arm64', 's390x'], 'architecture'],
    [['s390x'], 'architecture'],
    [['linux-amd64', 'linux-arm64'], 'dashed'],
    [['linux/amd64', 'linux/arm64/v8'], 'platform'],
    [['x86_64-linux', 'arm64'], undefined],
    [['linux/amd64', 'linux-arm64'], undefined],
    [['amd64', 'web'], undefined],
    [['x86_64', 'arm64', 'web'], undefined],
    [[], undefined],
  ])('%j are of the style %s', (keys, style) => {
    expect(styleOfKeys(keys)).toBe(style);
  });

  const STYLES = ['system', 'processor', 'architecture', 'dashed', 'platform'] as const;

  test.each([
    [{ architecture: 'amd64' }, ['x86_64-linux', 'x86_64', 'amd64', 'linux-amd64', 'linux/amd64']],
    [{ architecture: 'amd64', variant: 'v1' }, ['x86_64-linux', 'x86_64', 'amd64', 'linux-amd64', 'linux/amd64']],
    [{ architecture: 'amd64', variant: 'v3' }, ['x86_64-linux', 'x86_64', undefined, undefined, undefined]],
    [{ architecture: 'arm64' }, ['aarch64-linux', 'aarch64', 'arm64', 'linux-arm64', 'linux/arm64']],
    [{ architecture: 'arm64', variant: 'v8' }, ['aarch64-linux', 'aarch64', 'arm64', 'linux-arm64', 'linux/arm64']],
    [{ architecture: 'riscv64' }, ['riscv64-linux', 'riscv64', 'riscv64', 'linux-riscv64', 'linux/riscv64']],
    [{ architecture: 'arm' }, ['armv7l-linux', 'armv7l', undefined, undefined, undefined]],
    [{ architecture: 'arm', variant: 'v6' }, ['armv6l-linux', 'armv6l', undefined, undefined, undefined]],
    [{ architecture: 'arm', variant: 'v7' }, ['armv7l-linux', 'armv7l', undefined, undefined, undefined]],
    [{ architecture: 'sparc' }, [undefined, undefined, undefined, undefined, undefined]],
  ])('say %j in each style', (platform, keys) => {
    expect(STYLES.map((style) => keyOfPlatform(style, { os: 'linux', ...platform }))).toEqual(keys);
  });

  test('have no word for another system than Linux', () => {
    const keys = STYLES.map((style) => keyOfPlatform(style, { os: 'windows', architecture: 'amd64' }));
    expect(keys).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });
});
