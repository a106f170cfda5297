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
  '{ a = { b = "x"; }; a.c = "y"; }.a.b',
  '{ a.c = "y"; a = { inherit (rec { b = "x"; }) b; }; }.a.b',
  'let b = "x"; in { a.c = "y"; a = { inherit b; }; }.a.b',
  '{ "a" = "x"; }.a + { a = "y"; }."a"',
  'let k = "a"; in { "${k}b" = "x"; }.ab',
  'let x.a = "1"; x.b = "2"; in x.a + x.b',
  'rec { x.a = "1"; y = x.a; }.y',
  'let { x.a = "1"; body = x.a; }',
  'let inherit ({ a = "1"; }) a; b = a; in b',
  'with { a.b = "x"; }; a.b',
  'with { a = "x"; }; let b = a; in with { a = "y"; }; b + a',
  '(x@{ a, ... }: x.b + a) { a = "1"; b = "2"; }',
  '({ a, ... }@x: x.b + a) { a = "1"; b = "2"; }',
  '(x: y: z: x + y + z) "1" "2" "3"',
  'let f = x: { inherit x; }; in (f "1").x',
  '({ a ? b, b ? "1" }: a) { }',
  '({ a ? b, b ? "1" }: a) { b = "2"; }',
  '({ a, b ? a + "!" }: b) { a = "1"; }',
  'builtins.elemAt [ "a" "b" ] 1',
  'builtins.head ([ "a" ] ++ [ "b" ])',
  'builtins.elemAt ([ "a" ] ++ [ "b" ]) 1',
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

// One process of Nix for all of them.
const inNix = evaluateNix(`[ ${CLOSED.map((source) => `(${source})`).join('\n')} ]`) as Promise<string[]>;

test.each(CLOSED.map((source, at) => [source, at] as const))('as in Nix: %s', async (source, at) => {
  const value = evaluateText(source);
  expect(value.kind === 'text' ? value.text : value).toBe((await inNix)[at]);
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
    ['lib.versions.major "1-2"', '[1]'],
    ['strings.removePrefix "a" "ab"', '[b]'],
    ['removePrefix "a" "ab"', '[b]'],
    ['let f = lib.removePrefix "a"; in f "ab"', '[b]'],
    ['"${"a"}b"', '[a][b]'],
    ['lib.removePrefix "ab" ("a" + "bc")', '[c]'],
    ['builtins.substring 1 2 ("ab" + "cd")', '[b][c]'],
    ['lib.toLower "ab"', '[ab]'],
    ['lib.toLower "aB"', 'ab'],
    ['builtins.replaceStrings [ "x" ] [ "y" ] "ab"', '[ab]'],
    ['builtins.replaceStrings [ "a" ] [ "y" ] "ab"', 'yb'],
    ['toString 12', '12'],
    ['builtins.head (builtins.attrNames { a = 1; })', 'a'],
    ['builtins.head (builtins.attrValues { a = "x"; })', '[x]'],
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
    ['pkgs.callPackage ({ x }: x) { }', 'parameter'],
    ['pkgs.callPackage ({ x }: x) y', 'unknown-name'],
    ['pkgs.callPackage ({ x }: x) (y // { z = 1; })', 'unknown-name'],
    ['pkgs.callPackage ({ x }: x) "y"', 'call'],
    ['pkgs.callPackage "y" { }', 'arguments'],
    ['pkgs.callPackage ./none.nix { }', 'arguments'],
    ['abort "x"', 'throws'],
    ['{ ${x} = "a"; }.b', 'unknown-name'],
    ['let inherit (x) ${"a"}; in a', 'unknown-name'],
    ['let inherit (x) a; in a', 'unknown-name'],
    ['let inherit ("x") a; in a', 'unsupported'],
    ['({ a = rec { b = "x"; }; a.c = "y"; }).a.b', 'unsupported'],
    ['({ a = f; a.c = "y"; }).a.c', 'unsupported'],
    ['let { a = "x"; }', 'missing-attribute'],
    ['builtins.listToAttrs [ { name = "a"; } ]', 'arguments'],
    ['builtins.listToAttrs [ { value = "a"; } ]', 'arguments'],
    ['builtins.listToAttrs [ { name = 1; value = "a"; } ]', 'arguments'],
    ['builtins.listToAttrs [ "a" ]', 'arguments'],
    ['(lib.filterAttrs (n: v: "yes") { a = "x"; }).a', 'arguments'],
    ['builtins.hasAttr "a" (x // { })', 'arguments'],
    ['builtins.attrNames ({ a = 1; } // x)', 'arguments'],
    ['builtins.attrValues ({ a = 1; } // x)', 'arguments'],
    ['lib.mapAttrsToList (n: v: n) ({ a = 1; } // x)', 'arguments'],
    ['lib.filterAttrs (n: v: true) ({ a = 1; } // x)', 'arguments'],
    ['(lib.recursiveUpdate x { a = "b"; }).c', 'unknown-name'],
    ['(lib.recursiveUpdate { a = "b"; } x).a', 'unknown-name'],
    ['lib.flatten [ x ]', 'arguments'],
    ['lib.splitString "" "ab"', 'arguments'],
    ['builtins.replaceStrings [ "" ] [ "x" ] "ab"', 'arguments'],
    ['builtins.replaceStrings [ "a" "b" ] [ "x" ] "ab"', 'arguments'],
    ['builtins.replaceStrings [ "a" ] [ 1 ] "ab"', 'arguments'],
    ['builtins.elem "a" [ "b" 1 ]', 'arguments'],
    ['builtins.concatLists [ [ "a" ] "b" ]', 'arguments'],
    ['builtins.fromJSON ("" + builtins.readFile ./x.json)', 'import'],
    ['builtins.fromJSON "{}"', 'arguments'],
    ['builtins.fromTOML "a = 1"', 'arguments'],
    ['lib.toLower "Ä"', 'arguments'],
    ['builtins.head [ ]', 'arguments'],
    ['lib.last [ ]', 'arguments'],
    ['builtins.tail [ ]', 'arguments'],
    ['lib.init [ ]', 'arguments'],
    ['builtins.elemAt [ "a" ] 1', 'arguments'],
    ['builtins.substring 1 x "ab"', 'unknown-name'],
    ['lib.versions.majorMinor "1-2"', 'arguments'],
    ['lib.versions.major ""', 'arguments'],
    ['({ removePrefix }: removePrefix "a" "ab") { }', 'call'],
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
