import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/oci/json.js';
import { JsonError } from '../../src/oci/json-scanner.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('what Go accepts as JSON', () => {
  test.each([
    '{}',
    '[]',
    ' null\n',
    '"a\\u00e9\\/"',
    '-0',
    '1.50E+02',
    '0.1e-9',
    '{"a":[1,{"b":[]}],"a":2}',
    '\t[ 1 , 2 ]\r\n',
  ])('%s', (text) => {
    const value = parseJson(bytes(text));
    expect(Buffer.from(value.source).toString()).toBe(text.trim());
  });

  test('invalid UTF-8 may stand in a string', () => {
    expect(parseJson(Buffer.from([0x22, 0xff, 0xfe, 0x22])).text()).toBe('\ufffd\ufffd');
  });
});

describe('what Go refuses', () => {
  test.each([
    ['', 0],
    ['  ', 2],
    ['\ufeff{}', 0],
    ['{}x', 2],
    ['{} {}', 3],
    ['{"a":1,}', 7],
    ['[1,]', 3],
    ['[,1]', 1],
    ['{a:1}', 1],
    ['{"a" 1}', 5],
    ['01', 0],
    ['1.', 0],
    ['.5', 0],
    ['+1', 0],
    ['1e', 0],
    ['nul', 0],
    ['True', 0],
    ['"a', 0],
    ['"\\x"', 1],
    ['"\\u12g4"', 1],
    ['"a\nb"', 2],
    ['"a\0b"', 2],
    ["{'a':1}", 1],
    ['[1 2]', 3],
    ['{"a":}', 5],
    ['[}', 1],
    ['{"a":1]', 6],
  ])('%s', (text, offset) => {
    const error = (() => {
      try {
        return parseJson(bytes(text));
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(JsonError);
    expect((error as JsonError).offset).toBe(offset);
  });
});

test('10000 levels are read, one more is refused', () => {
  expect(parseJson(bytes(nested(10_000))).kind).toBe('array');
  expect(() => parseJson(bytes(nested(10_001)))).toThrow('nested levels at byte 10000');
});

test('members keep their order, their repetitions and their spelling', () => {
  const value = parseJson(bytes('{ "b" : 1.0, "\\u0062":[ 1 ,2], "__proto__": {"x":null}, "10":"t\\n" }'));
  expect([...value.members()].map(({ key, value }) => [key, value.kind, Buffer.from(value.source).toString()])).toEqual(
    [
      ['b', 'number', '1.0'],
      ['b', 'array', '[ 1 ,2]'],
      ['__proto__', 'object', '{"x":null}'],
      ['10', 'string', '"t\\n"'],
    ],
  );
});

test('only a number written as an integer is one', () => {
  const integers = [...parseJson(bytes('[1, -2, 1.0, 1e3, 9007199254740993, "4"]')).elements()].map((value) =>
    value.integer(),
  );
  expect(integers).toEqual([1, -2, undefined, undefined, undefined, undefined]);
});

test.each([
  ['{} x', "'x' after the value at byte 3"],
  ['{"a":1]', "']' in an object at byte 6"],
  ['[1}', "'}' in an array at byte 2"],
  ['{1', "'1' where a key should begin at byte 1"],
  ['{"a" 1', "'1' after a key at byte 5"],
  ['[~', "'~' where a value should begin at byte 1"],
  ['[\u007f', 'byte 0x7f where a value should begin at byte 1'],
  ['[\u0001', 'byte 0x01 where a value should begin at byte 1'],
  ['[1 2', "'2' in an array at byte 3"],
  ['["\u0001"', 'a control character in a string at byte 2'],
  ['["', 'a string without an end at byte 1'],
  ['"\\x"', 'an unknown escape at byte 1'],
  ['"\\u12g4"', 'an unknown escape at byte 1'],
  ['"\\u12"', 'an unknown escape at byte 1'],
  ['[1', 'it ends too early at byte 2'],
  ['{"a"', 'it ends too early at byte 4'],
])('what is wrong with %j is said with its place', (text, problem) => {
  expect(() => parseJson(bytes(text))).toThrow(`not valid JSON: ${problem}`);
});
