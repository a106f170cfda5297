// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Nix has interpolations of its own
import { describe, expect, test } from 'vitest';
import { readsOfEntry } from '../../../src/nix/uses/entry-reads.js';
import { usesIn } from '../../../src/nix/uses/file-uses.js';

/** What becomes of the literal `"1.2"` where it stands, and of each name that it gets: the kind, the name and the text. */
function usesOf(text: string, others: Readonly<Record<string, string>> = {}): string[] {
  const uses = usesIn({ path: 'a.nix', text }, (path) => others[path]) ?? [];
  const start = text.indexOf('"1.2"') + 1;
  return uses
    .filter(
      ({ literals, isSet }) =>
        !isSet && literals.some((literal) => literal.file === 'a.nix' && literal.start === start),
    )
    .map(({ kind, name, text: made }) => [kind, ...(name === undefined ? [] : [name]), `'${made}'`].join(' '));
}

describe('a value where it stands', () => {
  test.each([
    ['gets a name', 'let v = "1.2"; in 1', ["name v '1.2'"]],
    ['becomes an attribute', '{ v = "1.2"; }', ["attribute v '1.2'"]],
    ['becomes an attribute with quotes', '{ "v" = "1.2"; }', ["attribute v '1.2'"]],
    ['becomes an attribute further in', 'let a.v = "1.2"; in 1', ["attribute v '1.2'"]],
    ['is the default of a parameter', '{ v ? "1.2" }: 1', ["name v '1.2'"]],
    ['is what a file gives', '"1.2"', ["seen '1.2'"]],
    ['is what a function gives', 'x: "1.2"', ["seen '1.2'"]],
    ['stands in parentheses', '{ v = ("1.2"); }', ["attribute v '1.2'"]],
    ['is made into a longer text', '{ v = "web:" + "1.2"; }', ["attribute v 'web:1.2'"]],
    ['is put into a text', '{ v = "web:${"1.2"}"; }', ["attribute v 'web:1.2'", "attribute v 'web:1.2'"]],
    ['is compared', '{ v = "1.2" == "1.3"; }', ["choice '1.2'"]],
    ['is a condition', '{ v = if "1.2" == x then 1 else 2; }', ["choice '1.2'"]],
    ['is a branch', '{ v = if x then "1.2" else "2"; }', ["attribute v 'undefined'"]],
    ['is a fallback', '{ v = x.y or "1.2"; }', ["attribute v 'undefined'"]],
    ['is a name in a path', '{ v = x."1.2"; }', []],
    ['is asserted', '{ v = assert "1.2" == x; 1; }', ["choice '1.2'"]],
    ['is behind an assertion', '{ v = assert x; "1.2"; }', ["attribute v '1.2'"]],
    ['is behind a with', '{ v = with x; "1.2"; }', ["attribute v '1.2'"]],
    ['is what a let gives', '{ v = let x = 1; in "1.2"; }', ["attribute v '1.2'"]],
    ['is given to a function that is not known', '{ v = f "1.2"; }', ["unknown '1.2'"]],
    ['is given to a function of the library', '{ v = lib.removePrefix "1." "1.2"; }', ["attribute v '2'"]],
    ['is given to a function of the file', 'let f = x: x + "!"; in { v = f "1.2"; }', ["attribute v '1.2!'"]],
    ['chooses an attribute', '{ v = builtins.getAttr "1.2" x; }', ["choice '1.2'"]],
    ['chooses an attribute by its path', '{ v = lib.attrByPath [ "1.2" ] null x; }', ["choice '1.2'"]],
    ['is compared as a version', '{ v = lib.versionAtLeast "1.2" x; }', ["choice '1.2'"]],
    ['names a file', '{ v = ./. + "/${"1.2"}.nix"; }', ["attribute v 'undefined'", "attribute v 'undefined'"]],
    ['names a file to read', '{ v = builtins.readFile "1.2"; }', ["choice '1.2'"]],
    ['stands in a list', '{ v = [ "1.2" ]; }', ["unknown '1.2'"]],
  ])('%s', (_, text, expected) => {
    expect(usesOf(text)).toEqual(expected);
  });
});

describe('a name is used', () => {
  test.each([
    ['in an attribute', 'let v = "1.2"; in { w = v; }', "attribute w '1.2'"],
    ['in a name', 'let v = "1.2"; w = v; in 1', "name w '1.2'"],
    ['in a longer text', 'let v = "1.2"; in { w = "web:${v}"; }', "attribute w 'web:1.2'"],
    ['by inherit', 'let v = "1.2"; in { inherit v; }', "attribute v '1.2'"],
    ['by inherit in a let', 'let v = "1.2"; in let inherit v; in 1', "name v '1.2'"],
    ['by inherit from a set', 'let s = { v = "1.2"; }; in { inherit (s) v; }', "attribute v '1.2'"],
    ['by inherit from a set beside it', 'rec { s = { v = "1.2"; }; inherit (s) v; }', "attribute v '1.2'"],
    ['by a select', 'let s.v = "1.2"; in { w = s.v; }', "attribute w '1.2'"],
    ['as a key', 'let v = "1.2"; in { w = x.${v}; }', "choice '1.2'"],
    ['as the name of an attribute', 'let v = "1.2"; in { ${v} = 1; }', "choice '1.2'"],
    ['as a question', 'let v = "1.2"; in { w = x ? ${v}; }', "choice '1.2'"],
    ['as a default', 'let v = "1.2"; in { w ? v }: 1', "name w '1.2'"],
    ['by a function', 'let v = "1.2"; f = x: "web:${x}"; in { w = f v; }', "attribute w 'web:1.2'"],
  ])('%s', (_, text, expected) => {
    const uses = usesOf(text);
    expect(uses.length).toBeGreaterThan(1);
    expect(uses).toContain(expected);
  });

  test('in a function of another file', () => {
    const text = 'let v = "1.2"; in import ./f.nix { x = v; }';
    expect(usesOf(text, { 'f.nix': '{ x }: { image = "web:${x}"; }' })).toContain("attribute image 'web:1.2'");
  });
});

describe('an entry of a table is read by its name', () => {
  const ENTRY = 'aarch64-linux = { hash = "b"; };';
  const TABLE = `let t = { x86_64-linux = { hash = "a"; }; ${ENTRY} }; in\n`;

  function readsIn(expression: string): string[] | undefined {
    const text = TABLE + expression;
    const entry = { file: 'a.nix', start: text.indexOf(ENTRY), end: text.indexOf(ENTRY) + ENTRY.length };
    const reads = readsOfEntry({ path: 'a.nix', text }, entry, { system: 's390x-linux', read: () => undefined });
    return reads?.map(({ start, end }) => text.slice(start, end)).filter((each) => each.length > 1);
  }

  test.each([
    ['t.aarch64-linux', ['t.aarch64-linux']],
    ['t.aarch64-linux.hash', ['t.aarch64-linux.hash']],
    ['t."aarch64-linux".hash', ['t."aarch64-linux".hash']],
    ['let e = t.aarch64-linux; in e', ['t.aarch64-linux']],
    ['{ inherit (t) aarch64-linux; }', ['aarch64-linux']],
    ['builtins.getAttr "aarch64-linux" t', ['builtins.getAttr "aarch64-linux" t']],
    ['t.x86_64-linux', []],
    ['t.${builtins.currentSystem}', []],
    ['map (name: t.${name}) [ "aarch64-linux" ]', []],
    ['builtins.mapAttrs (name: entry: entry.hash) t', []],
  ])('%s', (expression, expected) => {
    expect(readsIn(expression)).toEqual(expected);
  });
});
