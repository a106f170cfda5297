import { describe, expect, test } from 'vitest';
import { NixSyntaxError } from '../../src/nix/language/position.js';
import { parseJsonData } from '../../src/text/json/json-tree.js';
import { parseToml } from '../../src/text/toml/toml-file.js';
import type { DataNode } from '../../src/text/tree/data-file.js';
import { parseYaml } from '../../src/text/yaml/yaml-file.js';

const PARSERS = { json: parseJsonData, toml: parseToml, yaml: parseYaml };

/** The tree as plain data: texts are what stands at their places, with a mark when they must not be changed. */
function plain(node: DataNode, source: string): unknown {
  switch (node.kind) {
    case 'map':
      return Object.fromEntries([
        ...node.entries.map(({ key, value }) => [key, plain(value, source)]),
        ...(node.inherited.length > 0 ? [['inherits', node.inherited.map((each) => plain(each, source))]] : []),
      ]);
    case 'list':
      return node.items.map((item) => plain(item, source));
    case 'text': {
      const { origin, text, hindrance } = node;
      if (origin.verbatim) expect(source.slice(origin.start, origin.end)).toBe(text);
      return hindrance === undefined ? text : { stays: text };
    }
    case 'alias':
      return { alias: node.name, of: node.target && plain(node.target, source) };
    case 'other':
      return { other: node.text };
  }
}

function read(format: keyof typeof PARSERS, source: string) {
  const { documents, comments } = PARSERS[format](source, `a.${format}`);
  const roots = documents.map(({ root }) => plain(root, source));
  return { roots, comments: comments.map(({ start, end }) => source.slice(start, end)) };
}

describe('YAML', () => {
  test.each([
    ['quotes', 'a: x\nb: "x"\nc: \'x\'\n"d e": [x, "y"]', { a: 'x', b: 'x', c: 'x', 'd e': ['x', 'y'] }],
    ['flow maps', 'a: {b: x, c: {d: y}}', { a: { b: 'x', c: { d: 'y' } } }],
    ['lists of maps', '- a: x\n  b: y\n-\n  - z', [{ a: 'x', b: 'y' }, ['z']]],
    ['a document after ---', '---\na: x\n', { a: 'x' }],
    ['windows lines', 'a: x\r\nb:\r\n  - "y"\r\n', { a: 'x', b: ['y'] }],
    ['a byte order mark', '\ufeffa: x\n', { a: 'x' }],
    ['characters outside ASCII', '# é😀\né: "😀x"\n', { é: '😀x' }],
    ['escapes', 'a: "x\\x41"', { a: { stays: 'xA' } }],
    ['doubled quotes', "a: 'it''s'", { a: { stays: "it's" } }],
    ['several lines', 'a: x\n  y\nb: "x\n  y"', { a: { stays: 'x y' }, b: { stays: 'x y' } }],
    ['blocks', 'a: |\n  x\nb: >-\n  y', { a: { stays: 'x\n' }, b: { stays: 'y' } }],
    ['tags', 'a: !x y\nb: !!str z\nc: !!str 1.10', { a: { stays: 'y' }, b: 'z', c: '1.10' }],
    ['numbers as they are read', 'a: 1.27\nb: 16', { a: '1.27', b: '16' }],
    [
      'numbers that are read as others',
      'a: 1.10\nb: 010\nc: 1e3',
      { a: { stays: '1.10' }, b: { stays: '010' }, c: { stays: '1e3' } },
    ],
    [
      'other values',
      'a: true\nb: ~\nc:\nd: x',
      { a: { other: 'true' }, b: { other: 'null' }, c: { other: 'null' }, d: 'x' },
    ],
    ['anchors', 'a: &x y\nb: *x', { a: 'y', b: { alias: 'x', of: 'y' } }],
    [
      'the nearest anchor',
      'a: &x y\nb: *x\nc: &x z\nd: *x',
      {
        ...{ a: 'y', b: { alias: 'x', of: 'y' }, c: 'z', d: { alias: 'x', of: 'z' } },
      },
    ],
    [
      'merges',
      'a: &x {b: y}\nc:\n  <<: *x\n  d: z',
      {
        ...{ a: { b: 'y' }, c: { '<<': { alias: 'x', of: { b: 'y' } }, d: 'z', inherits: [{ b: 'y' }] } },
      },
    ],
  ])('%s', (_, source, root) => {
    expect(read('yaml', source).roots).toEqual([root]);
  });

  test('several documents, and comments in the order of the file', () => {
    const source = '# one\na: x # two\n---\n# three\n- y\n# four\n...\n# five\n';
    expect(read('yaml', source)).toEqual({
      roots: [{ a: 'x' }, ['y']],
      comments: ['# one', '# two', '# three', '# four', '# five'],
    });
    expect(read('yaml', 'a: |\n  # no comment\nb: "# nor this"\n').comments).toEqual([]);
  });

  test.each([
    ['a chart', 'a:\n{{- if .x }}\n  b: c\n{{- end }}\n', 'a.yaml:2:1'],
    ['two colons', 'a: b: c', 'a.yaml:1:'],
    ['a tab for an indentation', 'a:\n\tb: c', 'a.yaml:2:'],
    ['a list that is not closed', 'a: [x', 'a.yaml:1:'],
    ['a key that stands twice', 'a: x\nb: y\na: z', 'a.yaml:3:1'],
  ])('%s is not YAML', (_, source, place) => {
    expect(() => read('yaml', source)).toThrow(NixSyntaxError);
    expect(() => read('yaml', source)).toThrow(place);
  });

  test.each([
    ['lists in lists', '['.repeat(100_000)],
    ['maps in maps', '{a: '.repeat(100_000)],
    ['items in items', '- '.repeat(100_000)],
    ['keys in keys', '? '.repeat(100_000)],
    ['closing marks', '}'.repeat(100_000)],
    ['more than 4 MiB', `a: ${'x'.repeat(4 * 1024 * 1024)}`],
  ])('%s end in an error', (_, source) => {
    expect(() => read('yaml', source)).toThrow(NixSyntaxError);
  });

  test('aliases of aliases are not expanded', () => {
    const lines = Array.from({ length: 40 }, (_, at) => `l${at}: &l${at} [*l${at - 1}, *l${at - 1}, *l${at - 1}]`);
    const { documents } = parseYaml(`l: &l-1 x\n${lines.join('\n')}\n`, 'a.yaml');
    expect(documents[0]?.root).toMatchObject({ kind: 'map', entries: { length: 41 } });
  });
});

describe('TOML', () => {
  test.each([
    ['quotes', 'a = "x"\nb = \'x\'\n"c d" = ["x"]', { a: 'x', b: 'x', 'c d': ['x'] }],
    ['tables, also apart', '[a.b]\nx = "1"\n[c]\n[a]\ny = "2"', { a: { b: { x: '1' }, y: '2' }, c: {} }],
    [
      'lists of tables',
      '[[a]]\nx = "1"\n[a.b]\ny = "2"\n[[a]]\nx = "3"',
      { a: [{ x: '1', b: { y: '2' } }, { x: '3' }] },
    ],
    [
      'keys with dots, and maps on a line',
      'a.b = "x"\nc = {d = "y", e.f = "z"}',
      { a: { b: 'x' }, c: { d: 'y', e: { f: 'z' } } },
    ],
    ['windows lines', 'a = "x"\r\nb = "y"\r\n', { a: 'x', b: 'y' }],
    ['a byte order mark', '\ufeffa = "x"', { a: 'x' }],
    [
      'escapes and several lines',
      'a = "x\\u0041"\nb = """x"""\nc = """\nx"""',
      {
        ...{ a: { stays: 'xA' }, b: { stays: 'x' }, c: { stays: 'x' } },
      },
    ],
    ['other values', 'a = 1\nb = true', { a: { other: '1' }, b: { other: 'true' } }],
    [
      'names of JavaScript',
      '__proto__ = "x"\n[constructor]\nprototype = "y"',
      {
        ...{ ['__proto__']: 'x', constructor: { prototype: 'y' } },
      },
    ],
  ])('%s', (_, source, root) => {
    expect(read('toml', source).roots).toEqual([root]);
  });

  test('comments', () => {
    expect(read('toml', '# one\na = "# x" # two\n[b] # three\n').comments).toEqual(['# one', '# two', '# three']);
  });

  test.each([
    ['no value', 'a = '],
    ['a key that stands twice', 'a = 1\na = 2'],
    ['lists in lists', `a = ${'['.repeat(100_000)}`],
    ['maps in maps', `a = ${'{a='.repeat(100_000)}`],
    ['a string of a million characters', `a = "${'x'.repeat(1_000_000)}"`],
    ['more than 2 MiB', '# x\n'.repeat(600_000)],
  ])('%s ends in an error', (_, source) => {
    expect(() => read('toml', source)).toThrow(NixSyntaxError);
  });
});

describe('JSON', () => {
  test('is read as before', () => {
    const source = '{"a": ["x", 1, {"b": "\\u0041"}], "c": null}';
    expect(read('json', source).roots).toEqual([{ a: ['x', { other: '1' }, { b: 'A' }], c: { other: 'null' } }]);
  });

  test('a list of 200,000 items is no matter', () => {
    expect(read('json', `[${'1,'.repeat(200_000)}1]`).roots).toHaveLength(1);
  });

  test.each([
    ['{"imageDigest": "x",}', 'p.json:1:21'],
    ['{"imageDigest": /* no */ "x"}', 'p.json:1:17'],
    [`${'['.repeat(100_000)}"imageDigest"`, 'nested too deep'],
    ['{"imageDigest"', 'p.json:1:15'],
  ])('that Nix cannot read: %.40s', (source, message) => {
    expect(() => parseJsonData(source, 'p.json')).toThrow(NixSyntaxError);
    expect(() => parseJsonData(source, 'p.json')).toThrow(message);
  });
});

describe('TOML with keys of many parts', () => {
  const long = 'a.'.repeat(100_000);
  test.each([`${long}b = 1`, `[${long}b]`, `[[ "x" . ${long}b ]]`, `y = 1\n  ${'"q" . '.repeat(150)}z = 2`])(
    'is too deep: %.20s',
    (source) => expect(() => parseToml(source, 'p.toml')).toThrow('nested too deep'),
  );

  test('may have a long key of few parts, and long text', () => {
    const source = `${'a'.repeat(300)}.b = 1\nc = """\n${'x.'.repeat(500)}\n"""\n`;
    expect(parseToml(source, 'p.toml').documents).toHaveLength(1);
  });
});
