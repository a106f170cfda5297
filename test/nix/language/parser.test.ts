// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Nix has interpolations of its own
import { describe, expect, test } from 'vitest';
import { parseNix } from '../../../src/nix/language/parser.js';
import { NixSyntaxError } from '../../../src/nix/language/position.js';
import type { Expression } from '../../../src/nix/language/syntax.js';
import { descendants } from '../../../src/nix/language/traverse.js';
import { judgePrograms } from '../../support/nix-judge.js';
import { parenthesize } from '../../support/nix-parentheses.js';
import { mutateProgram, randomProgram } from '../../support/nix-programs.js';
import { createRandom } from '../../support/random.js';

const isLong = process.env['LONG_TESTS'] === '1';
const PROGRAMS = isLong ? 10_000 : 500;
const MUTATIONS = isLong ? 3_000 : 100;
const minutes = 60_000;

function accepts(source: string): boolean {
  try {
    parseNix(source, 'p.nix');
    return true;
  } catch (error) {
    if (error instanceof NixSyntaxError) return false;
    throw error;
  }
}

describe('compared with Nix itself', () => {
  const programs = Array.from({ length: PROGRAMS }, (_, seed) => randomProgram(seed));

  test('random programs are accepted, and understood as Nix understands them', { timeout: 20 * minutes }, async () => {
    // Side by side, because Nix prints attributes in the order in which one process first met their names.
    const pairs = programs.flatMap((program) => [program, parenthesize(parseNix(program, 'p.nix'))]);
    const verdicts = await judgePrograms(pairs);
    programs.forEach((program, seed) => {
      const [verdict, explicit] = verdicts.slice(2 * seed);
      expect(verdict, `seed ${seed}: ${program}`).toMatchObject({ accepted: true });
      expect(explicit, `seed ${seed}: ${program}`).toEqual(verdict);
    });
  });

  test('damaged programs are accepted exactly when Nix accepts them', { timeout: 20 * minutes }, async () => {
    const damaged = Array.from({ length: MUTATIONS }, (_, seed) =>
      mutateProgram(randomProgram(seed, 3), createRandom(seed)),
    );
    const verdicts = await judgePrograms(damaged);
    const judged = verdicts.flatMap((verdict, seed) => (verdict ? [{ seed, ...verdict }] : []));
    for (const { seed, accepted } of judged) {
      expect(accepts(damaged[seed] as string), `seed ${seed}: ${damaged[seed]}`).toBe(accepted);
    }
    expect(new Set(judged.map(({ accepted }) => accepted)), 'both verdicts occur').toEqual(new Set([true, false]));
  });

  const HAND_WRITTEN = [
    ...[
      'a->b',
      '{a,b,}:a',
      '{a,b,...,}:a',
      '{,}:1',
      '{...}:1',
      '{a}@b:b',
      'a@{b}:a',
      'a@b:a',
      '{}:1',
      '{ }@a:a',
      '{a ? {b}: b}: a',
    ],
    ...[
      '1 == 2 == 3',
      '1 < 2 < 3',
      '1 == 2 < 3',
      '{} ? a ? b',
      '- {} ? a',
      '!{} ? a.b',
      '! 1 + 2 == 3',
      '1 + ! 2 // 3',
      '- - 1',
      '-1 + - 2',
    ],
    ...[
      '1 + if true then 1 else 2',
      'true x: x',
      '1 + x: x',
      '[ x: x ]',
      '[ -1 ]',
      '[ 1 .5 a-1 ]',
      '(x: x) 1',
      'if true then x: x else 1',
    ],
    ...[
      '{}.a or 1',
      '{}.a or {}.b or 1',
      '{}.a.b or',
      '{}.or',
      '{ or = 1; }.or or 2',
      'or',
      'let or = 1; in 2',
      'let or = x: x; in [ map or 1 ]',
    ],
    ...[
      '"a$"',
      '"$${"',
      '"$$${1}"',
      '"\\${"',
      '"$\\"',
      '"\\',
      '"${"',
      "''$''",
      "''$$''",
      "''''$''",
      "'''''",
      "'' ''' ''$ ''\\x ''",
      "''a'${\"b\"}''",
      "'''",
      "''\\''",
      "''a''\\",
    ],
    ...[
      './a/',
      './a//b',
      './a//b${"c"}',
      './a/${"b"}//c',
      './a/${"b"}/',
      '/${"a"}',
      '~/${"a"}',
      '~',
      '~a',
      '/',
      '1/2',
      'a/b',
      '<a/>',
      '<a/b>',
      '< a>',
      '<a>b',
      './a${"b"}c',
      '-a/b',
    ],
    ...['x:y', 'x_y:z', 'x: y', 'a.b:c', 'http://a#b', '1:2', "a'b:c", '+a:b'],
    ...[
      '00.5',
      '1.',
      '.5',
      '0.',
      '1e3',
      '1.e3',
      '1.e',
      '9223372036854775808',
      '1.0e999',
      '1.0e-320',
      '0.0e-999',
      '007',
    ],
    ...[
      'let ${"a"} = 1; in a',
      'let ${"a" + "b"} = 1; in 1',
      'let a.${"a" + "b"} = 1; in a',
      '{ inherit ("a") ${"b"} "c" ${("d")}; }',
      '{ inherit "a${"b"}"; }',
    ],
    ...[
      '{ inherit; }',
      '{ inherit (1); }',
      'let in 1',
      'let { body = 1; }',
      'rec { }',
      'rec',
      '{ a; }',
      '{ a = 1 }',
      '{ a.b = 1; a.c = 2; }',
      '{ "" = 1; }',
      '{ "a"."b".${"c"} = 1; }',
    ],
    ...[
      '',
      ' ',
      '# only a comment',
      '/* open',
      '/**/1',
      '/***/1',
      '/*/1',
      '1 # end',
      '(1',
      '1)',
      '}',
      '"${1}}"',
      '{ a = "}"; }',
      '\u00a01',
      'é',
      '"é"',
      '1;',
      '__curPos',
      'a\u000cb',
    ],
    ...[
      'with {}; with {}; 1',
      'assert true; 1',
      'assert true 1',
      'if 1 then 2',
      '...',
      '{...}',
      '@',
      '1 |',
      '&',
      '1 & 2',
      '$',
      '$a',
      '${"a"}',
      "'a'",
    ],
  ];

  test('hand-written cases at the edges of the grammar', async () => {
    const verdicts = await judgePrograms(HAND_WRITTEN);
    const ours = HAND_WRITTEN.map((source) => [source, accepts(source)]);
    const theirs = HAND_WRITTEN.map((source, index) => [source, verdicts[index]?.accepted ?? accepts(source)]);
    expect(ours).toEqual(theirs);
  });
});

describe('syntax newer than the Nix of the comparison', () => {
  function shape(e: Expression): unknown {
    if (e.kind === 'binary') return [shape(e.left), e.operator, shape(e.right)];
    return e.kind === 'variable' ? e.name : e.kind;
  }
  test.each([
    ['a |> b |> c', [['a', '|>', 'b'], '|>', 'c']],
    ['a <| b <| c', ['a', '<|', ['b', '<|', 'c']]],
    ['a -> b |> c', [['a', '->', 'b'], '|>', 'c']],
  ])('%s', (source, expected) => {
    expect(shape(parseNix(source, 'p.nix').root)).toEqual(expected);
  });

  test('pipes of both directions are not mixed', () => {
    expect(() => parseNix('a |> b <| c', 'p.nix')).toThrow("p.nix:1:8: expected end of file, found '<|'");
  });

  test('pipes can be switched off, as they are by default in Nix', () => {
    expect(() => parseNix('a |> b', 'p.nix', { pipeOperators: false })).toThrow(
      "1:3: '|>' needs Nix's experimental feature",
    );
  });
});

describe('a failure says where it is', () => {
  test.each([
    ['{ a = 1;\n  b = ; }', "p.nix:2:7: expected an expression, found ';'"],
    ['{ a = 1', "p.nix:1:8: expected ';', found end of file"],
    ['\r\n\r\n  "abc', 'p.nix:3:3: this string is never closed'],
    ['"a ${ "b" } c', 'p.nix:1:1: this string is never closed'],
    ['[ a : b ]', "p.nix:1:5: expected a list item or ']', found ':'"],
    ['a == b\n== c', "p.nix:2:1: '==' and '==' cannot be chained without parentheses"],
    ['{ x = ./a/; }', 'p.nix:1:10: a path may not end in a slash'],
    ['a \u0001', "p.nix:1:3: unexpected character '\ufffd'"],
  ])('%j', (source, message) => {
    expect(() => parseNix(source, 'p.nix')).toThrow(message);
  });
});

describe('ranges', () => {
  test('each node begins and ends where its text does', () => {
    const source = '# é😀\n{ pkgs }: pkgs.x { a."b" = [ 1 ./p ]; inherit (c) d; } // e ? f';
    const texts = Array.from(descendants(parseNix(source, 'p.nix').root), ({ start, end }) => source.slice(start, end));
    expect(texts).toEqual([
      source.slice(source.indexOf('{')),
      ...[
        'pkgs.x { a."b" = [ 1 ./p ]; inherit (c) d; } // e ? f',
        'pkgs.x { a."b" = [ 1 ./p ]; inherit (c) d; }',
        'pkgs.x',
        'pkgs',
      ],
      ...['{ a."b" = [ 1 ./p ]; inherit (c) d; }', '[ 1 ./p ]', '1', './p', 'c', 'e ? f', 'e'],
    ]);
  });

  test('comments are kept; text in strings, URIs and paths that looks like a comment is not one', () => {
    const source = "# a\r\n{ x = \"# no\"; /* b\n c */ y = http://z/#d\n; w = ''# no''; v = ./a /*e*/; }";
    const { comments } = parseNix(`${source} # end`, 'p.nix');
    expect(comments.map(({ start, end }) => `${source} # end`.slice(start, end))).toEqual([
      '# a',
      '/* b\n c */',
      '#d',
      '/*e*/',
      '# end',
    ]);
  });

  test('a byte order mark is skipped', () => {
    expect(parseNix('\ufeff{ }', 'p.nix').root).toMatchObject({ kind: 'set', start: 1, end: 4 });
  });
});

describe('nesting of 100,000 levels needs no deep stack', () => {
  const LEVELS = 100_000;
  const around = (before: string, inner: string, after: string) => before.repeat(LEVELS) + inner + after.repeat(LEVELS);
  test.each([
    ['parentheses', around('(', '1', ')')],
    ['lists', around('[', '', ']')],
    ['sets', around('{a=', '1', ';}')],
    ['inherit', around('{inherit(', 'a', ')b;}')],
    ['computed names', around('{${', '"a"', '}=1;}')],
    ['strings', around('"${', '1', '}"')],
    ['indented strings', around("''${", '1', "}''")],
    ['paths', around('./${', '1', '}')],
    ['negations', around('!', '1', '')],
    ['minus', around('-', '1', '')],
    ['sums', around('a+', 'a', '')],
    ['concatenations', around('a++', 'a', '')],
    ['pipes', around('a|>', 'a', '')],
    ['applications', around('a ', 'a', '')],
    ['fallbacks', around('a.b or ', 'c', '')],
    ['functions', around('a: ', 'a', '')],
    ['defaults', around('{a?', '1', '}:1')],
    ['let', around('let a=1;in ', 'a', '')],
    ['if', around('if a then b else ', 'c', '')],
    ['with', around('with a;', 'b', '')],
  ])('%s', (_, source) => {
    expect(Array.from(descendants(parseNix(source, 'p.nix').root)).length).toBeGreaterThanOrEqual(LEVELS);
    expect(() => parseNix(`${source} ]`, 'p.nix')).toThrow(NixSyntaxError);
  });
});

test('a path of 100,000 names, and brackets that are never closed, are read in one pass', () => {
  const names = '.b-c+d'.repeat(100_000);
  expect(parseNix(`a${names}`, 'p.nix').root).toMatchObject({ kind: 'binary', operator: '+' });
  for (const opening of ['a_b.', '<a', '/*/', "''$", '"${"', '{a=', 'let a=']) {
    expect(() => parseNix(opening.repeat(100_000), 'p.nix'), opening).toThrow(NixSyntaxError);
  }
});
