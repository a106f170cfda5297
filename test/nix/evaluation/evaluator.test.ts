// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Nix has interpolations of its own
import { describe, expect, test } from 'vitest';
import { evaluateNix } from '../../support/nix-judge.js';
import { evaluateText, tracedText } from './support/evaluate-text.js';

const CLOSED = [
  'builtins.replaceStrings [ "_" "v" ] [ "." "" ] "v1_4"',
  'builtins.replaceStrings [ "a" "ab" "b" ] [ "1" "2" "" ] "abab-cab"',
  'builtins.replaceStrings [ "x" ] [ "y" ] "abc"',
  'builtins.replaceStrings [ ] [ ] "abc"',
  'builtins.substring (1 + 2) (1 + 1) "abcdefg"',
  'toString (3 + 12)',
  'let a = "x"; b = a; in b',
  'rec { a = "x"; b = "${a}-y"; }.b',
  'let inherit (rec { a = "x"; b = a; }) b; in b',
  'let a = "x"; in rec { inherit a; b = a; }.b',
  '(x: { y ? "d", z }: x + y + z) "a" { z = "c"; }',
  '({ a, b ? a }@args: args.a + b) { a = "x"; }',
  '({ a ? "1", ... }: a) { b = "2"; }',
  '({ a = "x"; } // { a = "y"; b = "z"; }).a',
  '{ a.b = "x"; a.c = "y"; a = { d = "z"; }; }.a.d',
  '{ a.b.c = "x"; }.a.b.c',
  '{ a = "x"; }.b or "fallback"',
  '{ a.b = "x"; }.a.c.d or "fallback"',
  'let s = { a = "x"; }; in if s ? a then s.a else "no"',
  'let s = { a.b = "x"; }; in if s ? a.c then "yes" else "no"',
  'with { a = "x"; }; with { a = "y"; }; a',
  'let a = "lexical"; in with { a = "y"; }; a',
  'let k = "b"; in { a = "x"; ${k} = "y"; }.${k}',
  'let { body = a; a = "x"; }',
  'if "a" == "a" && !(true -> false) || false then "x" else "y"',
  'assert true; "x"',
  'builtins.getAttr "a" { a = "x"; }',
  '(removeAttrs { a = "x"; b = "y"; } [ "a" ]).a or "gone"',
  '(builtins.mapAttrs (n: v: "${n}=${v}") { a = "x"; }).a',
  'toString 7',
  "''\n  indented\n    text\n''",
  'http://example.org/a',
  'let f = n: if n == "x" then "end" else f "x"; in f "y"',
  '"a" + "b" + "c"',
];

test.each(CLOSED)('as in Nix: %s', async (source) => {
  const value = evaluateText(source);
  expect(value.kind === 'text' ? value.text : value).toBe(await evaluateNix(source));
});

describe('a text knows its literals', () => {
  test.each([
    ['let v = "1.2"; in "n:${v}@"', '[n:][1.2][@]'],
    ['({ tag ? "latest" }: tag) { }', '[latest]'],
    ['(import ./a.nix { x = "mine"; }).y', '[mine]'],
    ['(import ./sub).z', '[in sub]'],
    ['(builtins.fromJSON (builtins.readFile ./a.json)).k', '[v\\u0041]'],
    ['(lib.importJSON (./. + "/a.json")).k', '[v\\u0041]'],
    ['lib.fakeHash', '[lib.fakeHash]'],
    ['assert x; "a"', '[a]'],
    ['builtins.elemAt (builtins.match "(.+):(.+)" "web:1.2") 1', '[1.2]'],
    ['lib.removePrefix "v" "v1.2"', '[1.2]'],
    ['(lib.importTOML ./a.toml).web.tag', '[1.2]'],
    ['(lib.importTOML ./a.toml).other.tag', '[1.2]'],
    ['(lib.importTOML ./a.toml).escaped', 'ab'],
    ['lib.fileContents ./a.txt', '[sha256:abc]'],
    ['pkgs.callPackage ({ dockerTools, tag ? "9" }: tag) { }', '[9]'],
    ['let inherit (lib) fakeSha256; in fakeSha256', '[fakeSha256]'],
  ])('%s', (source, expected) => {
    const others = {
      'dir/a.nix': '{ x }: { y = x; }',
      'dir/sub/default.nix': '{ z = "in sub"; }',
      'dir/a.json': '{"k": "v\\u0041"}',
      'dir/a.toml': '# tag = "1.2"\nescaped = "a\\u0062"\n[web]\ntag = "1.2"\n[other]\ntag = \'1.2\'\n',
      'dir/a.txt': 'sha256:abc\n',
    };
    expect(tracedText(source, others)).toBe(expected);
  });
});

describe('what depends on the platform', () => {
  test.each([
    ['{ stdenv }: if stdenv.isx86_64 then "a" else "b"', '[a]', '[b]'],
    ['{ pkgs }: if pkgs.stdenv.hostPlatform.isAarch64 then "a" else "b"', '[b]', '[a]'],
    ['{ system }: { x86_64-linux = "a"; aarch64-linux = "b"; }.${system}', '[a]', '[b]'],
    ['let s = builtins.currentSystem; in if s == "aarch64-linux" then "a" else "b"', '[b]', '[a]'],
    ['{ stdenv }: { amd64 = "a"; }.${stdenv.hostPlatform.go.GOARCH} or (throw "no")', '[a]', 'unknown: throws'],
    ['{ stdenv }: { x86_64 = "a"; }.${stdenv.hostPlatform.parsed.cpu.name}', '[a]', 'unknown: missing-attribute'],
  ])('%s', (source, x86, arm) => {
    const applied = source.startsWith('{') ? `(${source}) (import <nixpkgs>)` : source;
    expect(tracedText(applied, {}, 'x86_64-linux')).toBe(x86);
    expect(tracedText(applied, {}, 'aarch64-linux')).toBe(arm);
    expect(tracedText(applied)).toBe('unknown: platform');
  });
});

describe('nothing is guessed', () => {
  test.each([
    ['x', 'unknown-name'],
    ['({ a }: a) x', 'unknown-name'],
    ['({ a ? "1" }: a) x', 'unknown-name'],
    ['f "x"', 'call'],
    ['lib.capitalize "x"', 'call'],
    ['own.removePrefix "x" "xy"', 'call'],
    ['builtins.match "(a|ab)(c|bcd)" "abcd"', 'arguments'],
    [`builtins.match "(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)x" "${'a'.repeat(300)}"`, 'arguments'],
    ['{ a = "x"; }.b', 'missing-attribute'],
    ['x.a or "fallback"', 'unknown-name'],
    ['with x; a', 'unknown-name'],
    ['with { a = "x"; }; with y; a', 'unknown-name'],
    ['({ a = "x"; } // y).a', 'unknown-name'],
    ['({ a = "x"; } // removeAttrs y [ "a" ]).a', 'unknown-name'],
    ['if x then "a" else "a"', 'unknown-name'],
    ['import ./missing.nix', 'import'],
    ['import ~/x.nix', 'import'],
    ['"${./a}"', 'not-text'],
    ['throw "x"', 'throws'],
    ['assert false; "x"', 'throws'],
    ['if "true" then "a" else "b"', 'unsupported'],
    ['if { } then "a" else "b"', 'unsupported'],
    ['"a" && true', 'unsupported'],
    ['x && true', 'unknown-name'],
    ['true && x', 'unknown-name'],
    ['true && "a" && true', 'unsupported'],
    ['!x', 'unknown-name'],
    ['!"a"', 'unsupported'],
    ['-x', 'unsupported'],
    ['("a" // { a = "b"; }).a', 'unsupported'],
    ['({ a = "b"; } // "a").a', 'unsupported'],
    ['({ a = "b"; } // x).a', 'unknown-name'],
    ['builtins.head ([ "a" ] ++ "b")', 'unsupported'],
    ['builtins.head ([ "a" ] ++ x)', 'unknown-name'],
    ['builtins.head (x ++ [ "a" ])', 'unknown-name'],
    ['if [ ] == [ ] then "a" else "b"', 'unsupported'],
    ['if { } == { } then "a" else "b"', 'unsupported'],
    ['if x == "a" then "a" else "b"', 'unknown-name'],
    ['if "a" < "b" then "a" else "b"', 'unsupported'],
    ['"a" + 1', 'not-text'],
    ['1 + "a"', 'not-text'],
    ['"a" + x', 'unknown-name'],
    ['(x: x) + "a"', 'not-text'],
    ['"a" "b"', 'call'],
    ['{ } "b"', 'call'],
    ['({ a }: a) { a = "x"; b = "y"; }', 'throws'],
    ['({ a, ... }: a) { b = "y"; }', 'parameter'],
    ['({ a }: a) "x"', 'parameter'],
    ['{ a = "x"; }.a.b', 'unsupported'],
    ['"x".a', 'unsupported'],
    ['let a = a; in a', 'endless'],
    ['rec { a = b; b = "${a}"; }.a', 'endless'],
    ['let f = x: f x; in f "x"', 'too-deep'],
    [
      `let a0 = "x"; ${Array.from({ length: 40 }, (_, i) => `a${i + 1} = a${i} + a${i};`).join(' ')} in a40`,
      'too-large',
    ],
  ])('%s', (source, code) => {
    expect(tracedText(source)).toBe(`unknown: ${code}`);
  });

  test('a sum of 100,000 parts', () => {
    expect(tracedText(`${'a + '.repeat(100_000)}"x"`)).toBe('unknown: too-deep');
  });

  test('a file that imports itself ends', () => {
    expect(tracedText('import ./main.nix')).toBe('unknown: endless');
    expect(tracedText('import ./b.nix', { 'dir/b.nix': 'import ./c.nix', 'dir/c.nix': 'import ./b.nix' })).toBe(
      'unknown: endless',
    );
  });

  test('the dead end is at the unknown expression', () => {
    const source = '{ hash = lib.strings.capitalize (f 1); }.hash';
    const value = evaluateText(source);
    expect(value.kind === 'unknown' && source.slice(value.deadEnd.start, value.deadEnd.end)).toBe(
      'lib.strings.capitalize (f 1)',
    );
  });
});
