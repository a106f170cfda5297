import { describe, expect, test } from 'vitest';
import { findPins } from '../../../src/nix/find/find-pins.js';
import { tableHeader, tomlFile } from '../../../src/nix/find/notes/commented-file.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;

/** The comments of a TOML file. */
const commentsIn = (source: string) =>
  tomlFile('a.toml', source).comments.map(({ start, end }) => source.slice(start, end));

describe('the comments of a TOML file', () => {
  test.each<[string, string[]]>([
    ['# a', ['# a']],
    ['a = 1 # b\n# c\n', ['# b', '# c']],
    ['a = "# b" # c', ['# c']],
    ["a = '# b' # c", ['# c']],
    ['a = "\\"# b" # c', ['# c']],
    ["a = '\\' # c", ['# c']],
    ['a = """# b\n# c""" # d', ['# d']],
    ["a = '''# b\n# c''' # d", ['# d']],
    ['a = """\\"""# b""" # d', ['# d']],
    ['a = """# b', []],
    ['a = "open\nb = 1 # c', ['# c']],
    ['a = "" # b', ['# b']],
    ['"a#b" = 1 # c', ['# c']],
    ['', []],
  ])('%j', (source, comments) => {
    expect(commentsIn(source)).toEqual(comments);
  });

  test.each([
    ['# a\n# b\n\nc = 1\n', 'c = 1\n'],
    ['c = 1 # d\n', 'c = 1 # d\n'],
    ['\n\n  c = 1', 'c = 1'],
    ['# a', ''],
  ])('%j stand above %j', (source, rest) => {
    const { root } = tomlFile('a.toml', source);
    expect(source.slice(root.start, root.end)).toBe(rest);
  });

  test('a place belongs to the table whose header is the last above it', () => {
    const source = '[a]\nx = 1\n[b.c]\ny = 2\nz = [ 3 ]\n';
    const headerOf = (text: string) => {
      const start = source.indexOf(text);
      const file = tomlFile('a.toml', source);
      return tableHeader(file, { start, end: start + text.length }).map((range) =>
        source.slice(range.start, range.end),
      );
    };
    expect(headerOf('x')).toEqual(['[a]']);
    expect(headerOf('y')).toEqual(['[b.c]']);
    expect(headerOf('3')).toEqual(['[b.c]']);
    expect(headerOf('[a]')).toEqual(['[a]']);
    const alone = tomlFile('a.toml', 'x = 1\n[b]\n');
    expect(tableHeader(alone, { start: 4, end: 5 })).toEqual([]);
  });
});

describe('a comment beside a pin', () => {
  const tagsOf = (source: string) =>
    findPins(source, { path: 'a.nix' }).sites.map(({ notes }) => notes.map(({ tag }) => tag).join());
  const pin = `"redis@${DIGEST}"`;

  test.each([
    ['above it', `{\n# tag 7\np = ${pin};\n}`],
    ['above it, with others between', `{\n# tag 7\n# redis\n# x\np = ${pin};\n}`],
    ['beside it', `{ p = ${pin}; # tag 7\n}`],
    ['beside it, behind brackets', `{ p = [ (${pin}) ]; # tag 7\n}`],
    ['in front of it', `{ p = /* tag 7 */ ${pin}; }`],
    ['in front of it, before a bracket', `{ p = /* tag 7 */ [ ${pin} ]; }`],
    ['above it in a list', `[\n# tag 7\n${pin}\n]`],
    ['above it, behind a bracket', `[ # tag 7\n${pin} ]`],
    ['between the lines of its binding', `{ p =\n# tag 7\n${pin}; }`],
  ])('counts %s', (_, source) => {
    expect(tagsOf(source)).toEqual(['7']);
  });

  test.each([
    ['with an empty line between', `{\n# tag 7\n\np = ${pin};\n}`],
    ['behind other code', `{ a = 1; # tag 7\np = ${pin};\n}`],
    ['below it', `{ p = ${pin};\n# tag 7\n}`],
    ['beside something else', `{ p = ${pin}; a = 1; # tag 7\n}`],
    ['in front of something else', `{ /* tag 7 */ a = 1; p = ${pin}; }`],
    ['far behind it', `{ p = ${pin};${' '.repeat(1100)}# tag 7\n}`],
    ['far in front of it', `{ a = 1; p = /* tag 7 */${' '.repeat(1100)}${pin}; }`],
  ])('does not count %s', (_, source) => {
    expect(tagsOf(source)).toEqual(['']);
  });
});
