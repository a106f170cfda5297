import { describe, expect, test } from 'vitest';
import { evaluateNix } from '../../support/nix-judge.js';
import { evaluateText, tracedText } from './support/evaluate-text.js';

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
  'lib.concatStrings [ "a" "b" "c" ]',
  'lib.concatMapStringsSep "-" (x: x + "!") [ "a" "b" ]',
  'lib.concatMapStringsSep "-" (x: x) [ ]',
  'builtins.concatStringsSep "-" [ ]',
  'if lib.hasInfix "b" "abc" && !(lib.hasInfix "d" "abc") then "yes" else "no"',
  'if lib.hasPrefix "b" "ab" || lib.hasSuffix "a" "ab" then "yes" else "no"',
  'lib.removePrefix "b" "abc" + lib.removeSuffix "b" "abc"',
  'lib.toUpper "Mixed-1" + lib.toLower "Mixed-1"',
  'builtins.substring 3 9 "abcd" + builtins.substring 9 1 "abcd"',
  'toString (builtins.stringLength "abcd") + toString (builtins.length [ "a" "b" ])',
  'lib.concatStringsSep "|" (builtins.splitVersion "1.2rc3-4")',
  'lib.versions.majorMinor "7.4.1" + "," + lib.versions.major "12"',
  'lib.concatStringsSep "|" (builtins.splitVersion "12.345-6")',
  'lib.versions.majorMinor "12.34.5" + "," + lib.versions.major "123"',
  'lib.optionalString true "a" + lib.optionalString false "b"',
  'lib.concatStrings (lib.optional true "a" ++ lib.optional false "b" ++ lib.optionals true [ "c" "d" ] ++ lib.optionals false [ "e" ])',
  'lib.concatStrings (lib.init [ "a" "b" "c" ])',
  'lib.concatStrings (builtins.tail [ "a" "b" "c" ])',
  'lib.concatStrings (builtins.concatLists [ [ "a" ] [ ] [ "b" "c" ] ])',
  'lib.concatStrings (lib.forEach [ "a" "b" ] (x: x + x))',
  'lib.concatStrings (builtins.filter (x: x != "a") [ "a" "b" "a" "c" ])',
  'if builtins.elem "b" [ "a" "b" ] && !(builtins.elem "c" [ "a" "b" ]) then "yes" else "no"',
  'if builtins.isAttrs { } && !(builtins.isAttrs [ ]) && !(builtins.isAttrs "a") then "yes" else "no"',
  'if builtins.isList [ ] && !(builtins.isList { }) && !(builtins.isList "a") then "yes" else "no"',
  'if builtins.isString "a" && !(builtins.isString 1) && !(builtins.isString [ ]) then "yes" else "no"',
  'lib.concatStrings (builtins.attrNames { b = 1; a = 2; B = 3; })',
  'lib.concatStrings (builtins.attrValues { b = "1"; a = "2"; B = "3"; })',
  '(lib.optionalAttrs true { a = "x"; }).a + ((lib.optionalAttrs false { a = "x"; }).a or "gone")',
  '(lib.getAttrs [ "a" ] { a = "x"; b = "y"; }).a + ((lib.getAttrs [ "a" ] { a = "x"; b = "y"; }).b or "gone")',
  'if builtins.hasAttr "b" { a = 1; } then "yes" else "no"',
  '(lib.recursiveUpdate { a = "1"; b.c = "2"; } { a.d = "3"; b = "4"; }).b',
  '(lib.recursiveUpdate { a = "1"; } { a.d = "3"; }).a.d',
  '(lib.recursiveUpdate { a = { b = { c = "1"; d = "2"; }; }; } { a.b.c = "3"; }).a.b.d',
  'lib.pipe "v1" [ (lib.removePrefix "v") (x: x + "!") ]',
  'lib.pipe "v1" [ ]',
  'lib.id "a" + lib.const "b" "c" + builtins.seq "d" "e" + builtins.deepSeq "f" "g"',
  'lib.mkForce "x" + lib.mkOverride 10 "y"',
  '(lib.makeOverridable ({ a }: { b = a; }) { a = "x"; }).b',
  'if true && false || true then "a" else "b"',
  'if (false -> false) && (true -> true) && !(true -> false) then "a" else "b"',
  'if true == true && true != false && false == false then "a" else "b"',
  'if 1 == 1 && 1 != 2 && null == null && "a" != null && "1" != 1 then "a" else "b"',
  'builtins.elemAt (builtins.match "a{2}(b{1,})(c{0,2})" "aabbcc") 1',
  'if builtins.match "a{2}" "aaa" == null then "no" else "yes"',
  'builtins.elemAt (builtins.match "(a{2,})(.*)" "aaaab") 0',
  'if builtins.match "a{1,2}" "aaa" == null then "no" else "yes"',
  'if builtins.match "a{2,}" "a" == null then "no" else "yes"',
  'builtins.elemAt (builtins.match "(a{1,2})(.*)" "aaaab") 0',
  'builtins.elemAt (builtins.match "([^:]*):(.*)" "a:b:c") 1',
  'builtins.elemAt (builtins.match "^(a.c)$" "abc") 0',
  'builtins.elemAt (builtins.match "(a\\\\.c).*" "a.cd") 0',
  'if builtins.match "a\\\\.c" "abc" == null then "no" else "yes"',
  'builtins.elemAt (builtins.match "[]a]+([[:digit:]]+)[[:space:]]([[:upper:]]+[[:lower:]]+)" "]a12 Bc") 1',
  'builtins.elemAt (builtins.match "([[:xdigit:]]+)-([[:alnum:]]+)" "fF0-zZ9") 1',
  'if builtins.elemAt (builtins.match "a(b)?" "a") 0 == null then "none" else "some"',
  'lib.concatStringsSep "|" (builtins.filter builtins.isString (builtins.split "[.-]" "1.2-3"))',
  'lib.concatStringsSep "|" (builtins.filter builtins.isString (builtins.split "x" "abc"))',
];

// One process of Nix for all of them.
const library = new URL('../../end-to-end/coherence/lib.nix', import.meta.url).pathname;
const inNix = evaluateNix(
  `let lib = import ${library}; in [ ${LIBRARY.map((source) => `(${source})`).join('\n')} ]`,
) as Promise<string[]>;

test.each(LIBRARY.map((source, at) => [source, at] as const))('as in nixpkgs: %s', async (source, at) => {
  const value = evaluateText(source);
  expect(value.kind === 'text' ? value.text : value).toBe((await inNix)[at]);
});

describe('a function that is given what it does not take', () => {
  // Where an argument is only handed on, any value does.
  const ANY = '(x: x)';
  const ANY_SET = '{ a = 2; }';
  const calls: readonly (readonly [name: string, args: readonly string[], other?: readonly string[]])[] = [
    ['lib.removePrefix', ['"v"', '"v1"']],
    ['lib.removeSuffix', ['"v"', '"1v"']],
    ['lib.hasPrefix', ['"v"', '"v1"']],
    ['lib.hasSuffix', ['"v"', '"1v"']],
    ['lib.hasInfix', ['"v"', '"1v"']],
    ['lib.splitString', ['"v"', '"1v"']],
    ['builtins.substring', ['0', '1', '"ab"'], ['"a"', '"b"', '1']],
    ['builtins.stringLength', ['"ab"']],
    ['lib.toLower', ['"ab"']],
    ['lib.toUpper', ['"ab"']],
    ['builtins.replaceStrings', ['[ "a" ]', '[ "b" ]', '"ab"']],
    ['builtins.splitVersion', ['"1.2"']],
    ['lib.versions.major', ['"1.2"']],
    ['lib.versions.majorMinor', ['"1.2"']],
    ['lib.optionalString', ['true', ANY]],
    ['builtins.concatStringsSep', [ANY, '[ "a" ]']],
    ['lib.concatStrings', ['[ "a" ]']],
    ['lib.concatMapStringsSep', [ANY, ANY, '[ "a" ]']],
    ['builtins.match', ['"a"', '"ab"']],
    ['builtins.split', ['"a"', '"ab"']],
    ['map', [ANY, '[ "a" ]']],
    ['lib.forEach', ['[ "a" ]', ANY]],
    ['builtins.elemAt', ['[ "a" ]', '0'], ['{ }', '"0"']],
    ['builtins.head', ['[ "a" ]']],
    ['lib.last', ['[ "a" ]']],
    ['builtins.tail', ['[ "a" ]']],
    ['lib.init', ['[ "a" ]']],
    ['builtins.length', ['[ "a" ]']],
    ['lib.flatten', ['[ "a" ]']],
    ['builtins.concatLists', ['[ [ "a" ] ]']],
    ['builtins.concatMap', ['(x: [ x ])', '[ "a" ]']],
    ['lib.optional', ['true', ANY]],
    ['lib.optionals', ['true', ANY]],
    ['builtins.filter', ['(x: true)', '[ "a" ]']],
    ['builtins.elem', ['"a"', '[ "a" ]']],
    ['removeAttrs', ['{ }', '[ "a" ]']],
    ['builtins.hasAttr', ['"a"', '{ }']],
    ['builtins.getAttr', ['"a"', '{ a = 1; }']],
    ['lib.attrByPath', ['[ "a" ]', ANY, ANY_SET]],
    ['lib.getAttrFromPath', ['[ "a" ]', '{ a = 1; }']],
    ['builtins.attrNames', ['{ }']],
    ['builtins.attrValues', ['{ }']],
    ['lib.optionalAttrs', ['true', ANY]],
    ['builtins.mapAttrs', [ANY, '{ }']],
    ['lib.mapAttrsToList', [ANY, '{ }']],
    ["lib.mapAttrs'", [ANY, '{ }']],
    ['lib.filterAttrs', [ANY, '{ }']],
    ['lib.genAttrs', ['[ "a" ]', ANY]],
    ['builtins.listToAttrs', ['[ ]']],
    ['lib.getAttrs', ['[ "a" ]', '{ a = 1; }']],
    ['lib.importJSON', ['./a.json']],
    ['lib.importTOML', ['./a.toml']],
    ['builtins.readFile', ['./a.txt']],
    ['lib.fileContents', ['./a.txt']],
    ['builtins.fromJSON', ['(builtins.readFile ./a.json)']],
    ['builtins.fromTOML', ['(builtins.readFile ./a.toml)']],
    ['lib.pipe', [ANY, '[ ]']],
  ];
  const files = { 'dir/a.json': '{ }', 'dir/a.toml': 'a = 1\n', 'dir/a.txt': 'a' };
  const places = calls.flatMap(([name, args, other = []]) =>
    args.flatMap((arg, at) => (arg === ANY || arg === ANY_SET ? [] : [{ name, args, at, wrong: other[at] ?? '1' }])),
  );
  const callOf = (name: string, args: readonly string[]) => `${name} ${args.join(' ')}`;

  test.each(calls.map(([name, args]) => callOf(name, args)))('is followed with the right ones: %s', (source) => {
    expect(tracedText(source, files)).not.toMatch(/unknown: (?:call|arguments|unknown-name)/);
  });

  test.each(places)('is not followed: $name, argument $at is $wrong', ({ name, args, at, wrong }) => {
    expect(tracedText(callOf(name, args.with(at, wrong)), files)).toMatch(/^unknown: (?:arguments|unsupported)$/);
  });

  test.each(places)('names the argument that is not known: $name, argument $at', ({ name, args, at }) => {
    expect(tracedText(callOf(name, args.with(at, 'nowhere')), files)).toBe('unknown: unknown-name');
  });
});

describe('a pattern whose match may differ from that of Nix', () => {
  test.each([
    'a|b',
    '(a|b)c',
    'a**',
    'a+?',
    '*a',
    '+a',
    '?a',
    '{1}a',
    'a{1000}',
    'a{1000,}',
    'a{1,1000}',
    'a{x}',
    '(a',
    'a)',
    '[a',
    '[z-a]',
    '[[:cntrl:]]',
    '[[.a.]]',
    '[[=a=]]',
    String.raw`\\1`,
    String.raw`\\w`,
    'a'.repeat(201),
    `${'('.repeat(30)}a${')'.repeat(30)}`,
  ])('is not followed: %s', (pattern) => {
    for (const name of ['match', 'split'])
      expect(tracedText(`builtins.${name} "${pattern}" "abc"`)).toBe('unknown: arguments');
  });

  test('is not followed through long texts', () => {
    expect(tracedText(`builtins.match "a*b" "${'a'.repeat(2000)}"`)).toBe('unknown: arguments');
    expect(tracedText(`builtins.elemAt (builtins.match "(a*)b" "${'a'.repeat(500)}b") 0`)).toBe(`[${'a'.repeat(500)}]`);
  });

  test('that matches nothing splits at no place', () => {
    expect(tracedText('builtins.split "x*" "abc"')).toBe('unknown: arguments');
  });
});
