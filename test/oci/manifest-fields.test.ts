import { describe, expect, test } from 'vitest';
import { PullpinError } from '../../src/errors.js';
import { parseJson } from '../../src/oci/json.js';
import { type Fields, fieldsOf } from '../../src/oci/manifest-fields.js';

function fields(text: string, where = ''): Fields {
  return fieldsOf(parseJson(Buffer.from(text)), where);
}

test('absent and null are the same', () => {
  for (const text of ['{}', '{"a":null}', 'null']) {
    const read = fields(text);
    expect([
      read.text('a'),
      read.integer('a'),
      read.object('a'),
      read.list('a', String),
      read.textList('a'),
      read.texts('a'),
    ]).toEqual(['', 0, undefined, [], [], {}]);
  }
});

test('keys match as Go folds them: the long s and the Kelvin sign, too', () => {
  const read = fields('{"\u017fize":1,"\u212aEY":"k","DigesT":"d"}');
  expect([read.integer('size'), read.text('key'), read.text('digest')]).toEqual([1, 'k', 'd']);
});

test('a repeated key is refused when it is read', () => {
  const read = fields('{"a":1,"A":1,"b":2}', 'layers[2]');
  expect(read.integer('b')).toBe(2);
  expect(() => read.integer('a')).toThrow(/^layers\[2\]\.a is there twice$/);
  expect(() => read.refuse(['a'])).toThrow(PullpinError);
});

test('the keys of annotations keep their case, the last one holds', () => {
  expect(fields('{"x":{"a":"1","A":"2","a":"3"}}').texts('x')).toEqual({ a: '3', A: '2' });
});

describe('a value of another type is reported with its place', () => {
  test.each<[string, (read: Fields) => unknown, string]>([
    ['{"a":1}', (read) => read.text('a'), 'x.a is number, not a string'],
    ['{"a":true}', (read) => read.integer('a'), 'x.a is true, not an integer'],
    ['{"a":1.5}', (read) => read.integer('a'), 'x.a is number, not an integer'],
    ['{"a":1e2}', (read) => read.integer('a'), 'x.a is number, not an integer'],
    ['{"a":"s"}', (read) => read.object('a'), 'x.a is string, not an object'],
    ['{"a":{}}', (read) => read.list('a', String), 'x.a is object, not an array'],
    ['{"a":[{},[]]}', (read) => read.list('a', String), 'x.a[1] is array, not an object'],
    ['{"a":["s",false]}', (read) => read.textList('a'), 'x.a[1] is false, not a string'],
    ['{"a":["s"]}', (read) => read.texts('a'), 'x.a is array, not an object'],
    [`{"a":[${'{},'.repeat(50_000)}{}]}`, (read) => read.list('a', String), 'x.a has more than 50000 elements'],
    [`{"a":[${'"",'.repeat(50_000)}""]}`, (read) => read.textList('a'), 'x.a has more than 50000 elements'],
  ])('%s', (text, read, message) => {
    expect(() => read(fields(text, 'x'))).toThrow(new PullpinError(message));
  });
});

describe('bytes are base64, or an array of numbers below 256', () => {
  test.each(['""', '"AA=="', '"AAA="', '"AAAA"', '"a+/9"', '"AA\\r\\nAA"', '[]', '[0,255]', '[null]', 'null'])(
    '%s',
    (value) => {
      expect(() => fields(`{"a":${value}}`).bytes('a')).not.toThrow();
    },
  );

  test.each([
    '"A"',
    '"AA="',
    '"AAA=AAAA"',
    '"*AAA"',
    '"AAA*"',
    '"===="',
    '[256]',
    '[-1]',
    '[1.5]',
    '["x"]',
    '[0,256]',
    'true',
    '{}',
    '1',
  ])('not %s', (value) => {
    expect(() => fields(`{"a":${value}}`).bytes('a')).toThrow(/^a is \w+, not bytes$/);
  });
});

test('a field that Go does not decode is read where it is a text, and never refused', () => {
  expect(['"x"', 'null', '7', '[]'].map((value) => fields(`{"a":${value}}`).hint('A'))).toEqual(['x', '', '', '']);
  expect([fields('{}').hint('a'), fields('{"a":"x","a":"y"}').hint('a')]).toEqual(['', '']);
});
