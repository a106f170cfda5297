import { expect, test } from 'vitest';
import { goJson } from '../../src/archive/go-json.js';

const written = (source: string | Uint8Array) => Buffer.from(goJson(Buffer.from(source))).toString('latin1');

test.each([
  ['space between tokens goes', ' { "a" :\t[ 1 ,\r\n2 ] } ', '{"a":[1,2]}'],
  ['space within strings stays', '{"a b":" c "}', '{"a b":" c "}'],
  ['an escaped quote does not end a string', '{"a\\" b":"\\\\" }', '{"a\\" b":"\\\\"}'],
  ['what HTML would take for its own is escaped, in keys too', '{"<":"a&b>"}', '{"\\u003c":"a\\u0026b\\u003e"}'],
  ['what was escaped stays as it was', '"\\u003C\\/\\u00e9\\ud800"', '"\\u003C\\/\\u00e9\\ud800"'],
  [
    'numbers keep their spelling',
    '[1.50E+02, -0, 123456789012345678901234567890]',
    '[1.50E+02,-0,123456789012345678901234567890]',
  ],
  ['keys keep their order, and stay twice', '{"2":1,"1":2,"2":3}', '{"2":1,"1":2,"2":3}'],
  ['nothing', '', ''],
])('%s', (_, source, expected) => {
  expect(written(source)).toBe(expected);
});

test('the two line separators are escaped, the characters next to them are not', () => {
  expect(written('"\u2028\u2029"')).toBe('"\\u2028\\u2029"');
  const neighbours = '"\u2027\u202a\u20a8\u007f\ufeff"';
  expect(written(neighbours)).toBe(Buffer.from(neighbours).toString('latin1'));
});

test('bytes that are not UTF-8 stay as they are, including an incomplete separator', () => {
  const bytes = Buffer.from([0x22, 0xff, 0xe2, 0x80, 0x22]);
  expect(written(bytes)).toBe(bytes.toString('latin1'));
});
