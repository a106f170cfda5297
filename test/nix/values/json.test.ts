import { describe, expect, test } from 'vitest';
import { NixSyntaxError } from '../../../src/nix/language/position.js';
import { jsonNamesAt, jsonValue, parseJsonTree } from '../../../src/nix/values/json.js';
import type { Value } from '../../../src/nix/values/value.js';

const SOURCE = '{ "web": { "tag": "1.2", "ports": [80, { "name": "http" }] }, "flag": true }';

/** The keys around a word of the source. */
const namesAt = (word: string, source = SOURCE) =>
  jsonNamesAt(parseJsonTree(source, 'a.json'), source.indexOf(word) + 1);

describe('the keys around a place', () => {
  test.each([
    ['1.2', ['web', 'tag']],
    ['"tag"', ['web', 'tag']],
    ['80', ['web', 'ports']],
    ['"http"', ['web', 'ports', 'name']],
    ['true', ['flag']],
  ])('%s', (word, names) => expect(namesAt(word)).toEqual(names));

  test.each([
    ['in front of all', '{ "a": 1 }', 0, []],
    ['at the first character of a key', '{ "a": 1 }', 2, ['a']],
    ['behind the last value', '{ "a": { "b": 1 } , "c": 2 }', 18, ['a']],
    ['between two keys', '{ "a": { "b": 1 } , "c": { "d": 1 } }', 19, ['a']],
    ['in an empty object', '{ }', 1, []],
    ['in an empty list', '{ "a": [ ] }', 9, ['a']],
    ['in a text alone', '"a"', 1, []],
  ])('%s', (_, source, offset, names) => {
    expect(jsonNamesAt(parseJsonTree(source, 'a.json'), offset)).toEqual(names);
  });
});

describe('what is not JSON is refused with its place and in words', () => {
  test.each([
    ['', 'a.json:1:1: not JSON: value expected'],
    ['{ "a" 1 }', 'not JSON: colon expected'],
    ['[1,]', 'not JSON: value expected'],
    ['[1 /* a */]', 'not JSON: invalid comment token'],
    ['[1] 2', 'not JSON: end of file expected'],
    [`${'['.repeat(501)}${']'.repeat(501)}`, 'JSON nested too deep'],
  ])('%.20s', (source, problem) => {
    expect(() => parseJsonTree(source, 'a.json')).toThrow(NixSyntaxError);
    expect(() => parseJsonTree(source, 'a.json')).toThrow(problem);
  });

  test('500 levels are read', () => {
    expect(parseJsonTree(`${'['.repeat(500)}${']'.repeat(500)}`, 'a.json').type).toBe('array');
  });
});

describe('a value is that of fromJSON', () => {
  const value = (source: string): Value => jsonValue(parseJsonTree(source, 'a.json'), source, 'a.json');
  const inSet = (source: string, name: string): Value | undefined => {
    const set = value(source);
    return set.kind === 'set' ? set.attributes.get(name)?.force() : undefined;
  };

  test('a text knows its place between the quotes, and whether it stands there as it is', () => {
    expect(value('"ab"')).toMatchObject({
      kind: 'text',
      text: 'ab',
      segments: [{ origin: { file: 'a.json', start: 1, end: 3, quote: 'json', verbatim: true } }],
    });
    expect(value('"a\\u0062"')).toMatchObject({ text: 'ab', segments: [{ origin: { verbatim: false } }] });
  });

  test('objects, lists, truth and numbers', () => {
    expect(value('{}')).toMatchObject({
      kind: 'set',
      literals: [],
      through: [{ file: 'a.json', start: 0, end: 2 }],
    });
    expect(inSet('{ "a": true, "b": false }', 'a')).toEqual({ kind: 'boolean', value: true });
    expect(inSet('{ "a": true, "b": false }', 'b')).toEqual({ kind: 'boolean', value: false });
    expect(inSet('{ "a": 1.5, "b": null }', 'a')).toEqual({ kind: 'other', text: '1.5' });
    expect(inSet('{ "a": 1.5, "b": null }', 'b')).toEqual({ kind: 'other', text: 'null' });
    const list = value('[1, "x"]');
    expect(list.kind === 'list' && list.items.map((item) => item.force())).toMatchObject([
      { kind: 'other', text: '1' },
      { kind: 'text', text: 'x' },
    ]);
  });

  test('a text in an object came through the object, one in a list did not', () => {
    expect(inSet('{ "a": "x" }', 'a')).toMatchObject({ text: 'x', through: [{ start: 0, end: 12 }] });
    const list = value('["x"]');
    expect(list.kind === 'list' && list.items[0]?.force()).toMatchObject({ text: 'x', through: undefined });
  });
});
