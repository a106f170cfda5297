import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { TomlFormError, withKey, withoutKey, withoutTable, withTable } from '../../../src/text/toml/toml-tables.js';

const FILE = `# The top.

[images.a] # first
image = "a:1" # of ours

# About b:
# two lines.
[images.b]
  image = "b:1"

[other]
x = [
  1,
]
`;

describe('a table at the end', () => {
  test.each([
    ['', '[images.x]\nimage = "x:1"\n'],
    ['a = 1', 'a = 1\n\n[images.x]\nimage = "x:1"\n'],
    ['a = 1\n\n', 'a = 1\n\n[images.x]\nimage = "x:1"\n'],
    ['a = 1\r\n', 'a = 1\r\n\r\n[images.x]\r\nimage = "x:1"\r\n'],
  ])('of %j', (before, after) => expect(withTable(before, ['images', 'x'], { image: 'x:1' })).toBe(after));

  test.each(['a"b', 'a\\d+', "it's \\d", 'x\n[evil]\ny = 1', '\u007f\u0000', "'''", '日本'])(
    'holds the text %j and nothing else',
    (text) => {
      const parsed = parse(withTable(FILE, ['images', text], { image: text, list: [text, 'x'], flag: true }));
      const images = parsed['images'] as Record<string, unknown>;
      expect(images[text]).toEqual({ image: text, list: [text, 'x'], flag: true });
      expect(Object.keys(parsed)).toEqual(['images', 'other']);
    },
  );
});

test('a table goes with the comments right above it, and no other line changes', () => {
  expect(withoutTable(FILE, ['images', 'b'])).toBe(
    FILE.replace('# About b:\n# two lines.\n[images.b]\n  image = "b:1"\n\n', ''),
  );
  expect(withoutTable(FILE, ['images', 'a'])).toBe(FILE.replace('[images.a] # first\nimage = "a:1" # of ours\n\n', ''));
  expect(withoutTable(FILE, ['other'])).toBe(FILE.replace('\n[other]\nx = [\n  1,\n]\n', ''));
});

test('a key is set in place, or behind the last key of its table', () => {
  expect(withKey(FILE, ['images', 'a'], 'image', 'a:2')).toBe(FILE.replace('"a:1"', '"a:2"'));
  expect(withKey(FILE, ['images', 'a'], 'freeze', true)).toBe(
    FILE.replace('# of ours\n', '# of ours\nfreeze = true\n'),
  );
  expect(withKey(FILE, ['images', 'b'], 'freeze', true)).toBe(FILE.replace('"b:1"\n', '"b:1"\n  freeze = true\n'));
  expect(withKey(FILE, ['other'], 'y', true)).toBe(`${FILE}y = true\n`);
  expect(withKey('\ufeff[a]', ['a'], 'y', true)).toBe('\ufeff[a]\ny = true\n');
  expect(withKey('x = { a = 1 }\n', ['x'], 'y', true)).toBe('x = { a = 1, y = true }\n');
});

test.each([['images.a.image = "a:1"\n'], ['[images]\na.image = "a:1"\n'], ['']])('%j is not edited', (text) => {
  expect(() => withKey(text, ['images', 'a'], 'freeze', true)).toThrow('images.a has no header of its own');
  expect(() => withoutTable(text, ['images', 'a'])).toThrow('images.a has no header of its own');
});

describe('a key that is removed', () => {
  test.each([
    ['[images.x]\nimage = "x:1" # ours\nfreeze = true\n', '[images.x]\nimage = "x:1" # ours\n'],
    ['[images.x]\n  # why\n  freeze = true # until May\n  image = "x:1"\n', '[images.x]\n  # why\n  image = "x:1"\n'],
    ['[images.x]\r\nimage = "x:1"\r\nfreeze = true', '[images.x]\r\nimage = "x:1"\r\n'],
    ['[images]\nx = { freeze = true, image = "x:1" }\n', '[images]\nx = { image = "x:1" }\n'],
    ['[images]\nx = { image = "x:1", freeze = true }\n', '[images]\nx = { image = "x:1" }\n'],
    ['[images]\nx = { freeze = true }\n', '[images]\nx = {  }\n'],
  ])('of %j', (before, after) => {
    expect(withoutKey(before, ['images', 'x'], 'freeze')).toBe(after);
    expect(() => parse(after)).not.toThrow();
  });

  test.each(['[images.x]\nimage = "x:1"\n', 'images.x.freeze = true\n', ''])(
    'is not in a table of its own in %j',
    (text) => {
      expect(() => withoutKey(text, ['images', 'x'], 'freeze')).toThrow(TomlFormError);
    },
  );
});
