import { expect, test } from 'vitest';
import { PullpinError } from '../../../src/errors.js';
import { tomlValue } from '../../../src/nix/values/toml.js';
import type { Value } from '../../../src/nix/values/value.js';

/** A value as JSON would have it, each text that has a place in brackets. */
function shown(value: Value): unknown {
  switch (value.kind) {
    case 'set':
      return Object.fromEntries([...value.attributes].map(([name, thunk]) => [name, shown(thunk.force())]));
    case 'list':
      return value.items.map((item) => shown(item.force()));
    case 'boolean':
      return value.value;
    case 'text':
      return value.segments.every(({ origin }) => origin) ? `[${value.text}]` : value.text;
    default:
      return value.kind === 'other' ? value.text : value.kind;
  }
}

test('a TOML file has the values that fromTOML gives', () => {
  const source = `
text = "a"
literal = 'b'
escaped = "c\\u0064"
empty = ""
yes = true
no = false
number = 12
day = 2026-11-28
list = [ "a", 'x', 1 ]
[table]
text = "a"
[table.inner]
text = "y"
[[many]]
text = "z"
[[many]]
text = "z"
`;
  expect(shown(tomlValue(source, 'a.toml'))).toMatchObject({
    text: '[a]',
    literal: '[b]',
    escaped: 'cd',
    empty: '[]',
    yes: true,
    no: false,
    number: '12',
    list: ['[a]', '[x]', '1'],
    table: { text: '[a]', inner: { text: '[y]' } },
    many: [{ text: '[z]' }, { text: '[z]' }],
  });
});

test('a text has the place where it is written, and not one where the same stands', () => {
  const source = `# tag = "1.2"\nother = "1.2"\n[web]\ntag = "1.2"\n`;
  const value = tomlValue(source, 'a.toml');
  const web = value.kind === 'set' ? value.attributes.get('web')?.force() : undefined;
  const tag = web?.kind === 'set' ? web.attributes.get('tag')?.force() : undefined;
  const start = source.lastIndexOf('1.2');
  expect(tag).toMatchObject({
    segments: [{ text: '1.2', origin: { file: 'a.toml', start, end: start + 3, quote: 'toml', verbatim: true } }],
  });
});

test('a text is not looked for within other quotes', () => {
  expect(shown(tomlValue(`x = """y"""\ne = ""\n`, 'a.toml'))).toEqual({ x: '[y]', e: '[]' });
  expect(shown(tomlValue(`"web" = 1\nx = "web"\n`, 'a.toml'))).toEqual({ web: '1', x: '[web]' });
});

test('a text has no place where looking for it would take too long', () => {
  const value = tomlValue('a = "b"\n', 'a.toml', () => false);
  expect(shown(value)).toEqual({ a: 'b' });
});

test('what is not TOML is refused by its name', () => {
  expect(() => tomlValue('a = ', 'images.toml')).toThrow(PullpinError);
  expect(() => tomlValue('a = ', 'images.toml')).toThrow('images.toml is not TOML');
});
