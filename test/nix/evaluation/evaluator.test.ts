// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Nix has interpolations of its own
import { describe, expect, test } from 'vitest';
import { Evaluator } from '../../../src/nix/evaluation/evaluator.js';
import { parseNix } from '../../../src/nix/language/parser.js';
import { NixFiles } from '../../../src/nix/values/files.js';
import { NameScope } from '../../../src/nix/values/scope.js';
import type { Thunk, Value } from '../../../src/nix/values/value.js';
import { evaluateNix } from '../../support/nix-judge.js';

function evaluate(source: string, system?: string, others: Record<string, string> = {}): Value {
  const file = parseNix(source, 'dir/main.nix');
  return new Evaluator(new NixFiles(file, (path) => others[path]), system).evaluate(
    file.root,
    NameScope.of<Thunk>(file),
  );
}

/** The text, with each piece in brackets that has a literal, as `file:text`. */
function traced(source: string, others: Record<string, string> = {}, system?: string): string {
  const value = evaluate(source, system, others);
  if (value.kind !== 'text') return value.kind === 'unknown' ? `unknown: ${value.deadEnd.code}` : value.kind;
  const written = (file: string) => (file === 'dir/main.nix' ? source : (others[file] ?? ''));
  return value.segments
    .map(({ text, origin }) => (origin ? `[${written(origin.file).slice(origin.start, origin.end)}]` : text))
    .join('');
}

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
  const value = evaluate(source);
  expect(value.kind === 'text' ? value.text : value).toBe(await evaluateNix(source));
});

const LIBRARY = [
  'lib.removePrefix "v" "v1.2"',
  'lib.strings.removeSuffix "-x" "web-x" + lib.removeSuffix "y" "web-x"',
  'if lib.hasPrefix "a" "ab" && !(lib.hasSuffix "a" "ab") then "yes" else "no"',
  'lib.last (lib.splitString ":" "a:b:c")',
  'builtins.head (builtins.tail (lib.splitString "." "a.b.c"))',
  'builtins.elemAt (builtins.match "(.+):([^:@]+)@(.+)" "host:5000/app:1.4@sha256:aa") 0',
  'builtins.elemAt (builtins.match "([[:alpha:]]+)([0-9]{1,3})(x?)" "abc12") 1',
  'if builtins.match "a+" "b" == null then "no" else "yes"',
  'builtins.elemAt (builtins.elemAt (builtins.split "([-_])" "a-b_c") 1) 0',
  'builtins.concatStringsSep "+" (builtins.filter builtins.isString (builtins.split "," "a,b,c"))',
  'lib.concatStringsSep "-" (lib.mapAttrsToList (name: value: name + value) { b = "2"; a = "1"; })',
  'lib.concatStringsSep "" (lib.flatten [ "a" [ "b" [ "c" ] ] ])',
  'lib.attrByPath [ "a" "b" ] "no" { a.b = "yes"; } + lib.attrByPath [ "x" ] "no" { a = "yes"; }',
  'lib.getAttrFromPath [ "a" "b" ] { a.b = "yes"; }',
  'if builtins.hasAttr "a" { a = 1; } then "yes" else "no"',
  '(lib.recursiveUpdate { a = { b = "1"; c = "2"; }; } { a.b = "3"; }).a.b',
  '(lib.recursiveUpdate { a = { b = "1"; c = "2"; }; } { a.b = "3"; }).a.c',
  '(lib.genAttrs [ "x" "y" ] (name: "is ${name}")).y',
  '(builtins.listToAttrs [ { name = "a"; value = "1"; } { name = "a"; value = "2"; } ]).a',
  '(lib.mapAttrs\' (name: value: lib.nameValuePair (name + "-new") value) { a = "1"; }).a-new',
  '(lib.filterAttrs (name: value: name != "a") { a = "1"; b = "2"; }).a or "gone"',
  'lib.versions.major "7.4.1"',
  'lib.mkDefault "x"',
  'builtins.head (builtins.concatMap (x: [ x x ]) [ "a" "b" ])',
  'builtins.substring 1 2 "abcd"',
  'lib.toLower "already-lower"',
  'builtins.head (map (lib.removePrefix "v") [ "v1" "2" ])',
];

test.each(LIBRARY)('as in nixpkgs: %s', async (source) => {
  const value = evaluate(source);
  const library = new URL('../../end-to-end/coherence/lib.nix', import.meta.url).pathname;
  const expected = await evaluateNix(`let lib = import ${library}; in ${source}`);
  expect(value.kind === 'text' ? value.text : value).toBe(expected);
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
    expect(traced(source, others)).toBe(expected);
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
    expect(traced(applied, {}, 'x86_64-linux')).toBe(x86);
    expect(traced(applied, {}, 'aarch64-linux')).toBe(arm);
    expect(traced(applied)).toBe('unknown: platform');
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
    ['let a = a; in a', 'endless'],
    ['rec { a = b; b = "${a}"; }.a', 'endless'],
    ['let f = x: f x; in f "x"', 'too-deep'],
    [
      `let a0 = "x"; ${Array.from({ length: 40 }, (_, i) => `a${i + 1} = a${i} + a${i};`).join(' ')} in a40`,
      'too-large',
    ],
  ])('%s', (source, code) => {
    expect(traced(source)).toBe(`unknown: ${code}`);
  });

  test('a sum of 100,000 parts', () => {
    expect(traced(`${'a + '.repeat(100_000)}"x"`)).toBe('unknown: too-deep');
  });

  test('a file that imports itself ends', () => {
    expect(traced('import ./main.nix')).toBe('unknown: endless');
    expect(traced('import ./b.nix', { 'dir/b.nix': 'import ./c.nix', 'dir/c.nix': 'import ./b.nix' })).toBe(
      'unknown: endless',
    );
  });

  test('the dead end is at the unknown expression', () => {
    const source = '{ hash = lib.strings.capitalize (f 1); }.hash';
    const value = evaluate(source);
    expect(value.kind === 'unknown' && source.slice(value.deadEnd.start, value.deadEnd.end)).toBe(
      'lib.strings.capitalize (f 1)',
    );
  });
});
