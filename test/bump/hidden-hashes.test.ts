import { describe, expect, test } from 'vitest';
import { planBump } from '../../src/bump/plan.js';
import { findInFiles } from '../../src/list/find.js';
import { followedText } from '../../src/nix/find/pin-site.js';
import { createRegistryClient } from '../../src/registry/client.js';
import { startRegistry } from '../support/faulty-registry.js';
import { textImages } from '../support/images.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const registry = await startRegistry();
const client = createRegistryClient();

const [OLD, NEW] = [textImages('old'), textImages('new')];
registry.add('web:old', OLD);
registry.add('web:2.1', NEW);
const HASH = '"sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM="';
const OTHER = `"sha256-${'A'.repeat(42)}8="`;
const COMMON = `imageName = "${registry.host}/web"; imageDigest = "${OLD.root.digest}"; finalImageTag = "2.1";`;
const F = `f = arch: sum: dockerTools.pullImage { ${COMMON} inherit arch; hash = sum; };`;
const G = `g = { sum ? ${HASH}, arch ? "amd64", ... }: dockerTools.pullImage { ${COMMON} inherit arch; hash = sum; };`;
const FILE = `{ dockerTools, sum ? ${HASH}, arch ? "amd64" }:\ndockerTools.pullImage { ${COMMON} inherit arch; hash = sum; }\n`;

function textOf(bindings: string, expression: string): string {
  return `{ pkgs, lib, system, dockerTools, unknown, ... }:\nlet ${bindings} in\n${expression}\n`;
}

/** The plan for a file of the form `let bindings in expression`, and for other files. */
async function plan(bindings: string, expression: string, others: Readonly<Record<string, string>> = {}) {
  const texts: Readonly<Record<string, string>> = { 'a.nix': textOf(bindings, expression), ...others };
  const files = Object.entries(texts).map(([path, each]) => ({ path, text: each }));
  return planBump({ files, read: (path) => texts[path] }, { registries: client, temporaryFolder: temporaryFolder() });
}

async function expectStays(...given: Parameters<typeof plan>): Promise<void> {
  const { changes, problems } = await plan(...given);
  expect(changes).toEqual([]);
  expect(problems.filter(({ severity }) => severity === 'failure')).not.toEqual([]);
}

/** Every hash is another one after it, and there is one digest. */
async function expectMoves(count: number, ...given: Parameters<typeof plan>): Promise<void> {
  const { changes, problems, files } = await plan(...given);
  expect(problems).toEqual([]);
  const after = files.map((file) => file.after).join();
  expect(after).toContain(NEW.root.digest);
  for (const left of [OLD.root.digest, HASH, OTHER]) expect(after).not.toContain(left);
  expect(new Set(changes.map(({ to }) => to.hash)).size).toBe(count);
}

describe('names that say another system than the code', () => {
  const pull = (more: string) => `dockerTools.pullImage { ${COMMON} ${more} }`;

  test.each([
    ['above an if', '', `{ qemu-arm64 = ${pull(`hash = if pkgs.stdenv.isx86_64 then ${HASH} else ${OTHER};`)}; }`],
    [
      'of the bound hashes',
      `arm64-hash = ${HASH}; x86_hash = ${OTHER};`,
      pull('hash = if pkgs.stdenv.isAarch64 then x86_hash else arm64-hash;'),
    ],
    [
      'in a set of hashes',
      `hashes = { arm = ${HASH}; x86 = ${OTHER}; };`,
      `{ x86 = ${pull('hash = if system == "x86_64-linux" then hashes.arm else hashes.x86;')}; }`,
    ],
  ])('decide nothing: %s', (_, bindings, expression) => {
    const { sites } = findInFiles({ files: [{ path: 'a.nix', text: textOf(bindings, expression) }] });
    const systems = (hash: string) =>
      sites.find(({ hashes: [own] }) => `"${followedText(own?.value)}"` === hash)?.systems ?? [];
    expect(systems(HASH)).toContain('x86_64-linux');
    expect(systems(OTHER)).toContain('aarch64-linux');
    expect(systems(HASH)).not.toContain('aarch64-linux');
  });
});

describe('a function that calls another one, with nothing like a pin in its text', () => {
  test.each([
    `map (x: f x.a x.h) [ { a = "amd64"; h = ${HASH}; } { a = "arm64"; h = ${OTHER}; } ]`,
    `builtins.mapAttrs (a: h: f a h) { amd64 = ${HASH}; arm64 = ${OTHER}; }`,
    `let g = a: h: f a h; k = a: h: g a h; in [ (k "amd64" ${HASH}) (k "arm64" ${OTHER}) ]`,
    `lib.genAttrs [ "amd64" "arm64" ] (a: f a { amd64 = ${HASH}; arm64 = ${OTHER}; }.\${a})`,
    `[ (lib.id f "amd64" ${HASH}) (builtins.head [ f ] "arm64" ${OTHER}) ]`,
  ])('is followed: %s', async (expression) => {
    await expectMoves(2, F, expression);
  });
});

describe('a call beside one that is followed', () => {
  test.each([
    ['a hash of an unknown function', `(f "arm64" (unknown ${OTHER}))`],
    ['an unknown function that calls it', `(unknown (h: f "arm64" h))`],
    ['an unknown function that is given a part of it', '(unknown (f "arm64"))'],
    ['a set of functions for an unknown one', '(unknown { g = h: f "arm64" h; })'],
    ['an unknown function that is given its wrapper', '(let w = h: f "arm64" h; in unknown w)'],
    ['a function of the library that is not followed', `(lib.zipListsWith f [ "arm64" ] [ ${OTHER} ])`],
    ['the same with a part of it', `(lib.imap0 (at: h: f "arm64" h) [ ${OTHER} ])`],
    ['the same in a list', `(lib.foldr (g: h: g h) ${OTHER} [ (f "arm64") ])`],
  ])('holds the digest: %s', async (_, other) => {
    await expectStays(F, `[ (f "amd64" ${HASH}) ${other} ]`);
  });

  test.each([
    ['a pipe', `(lib.pipe ${OTHER} [ (f "arm64") ])`],
    ['a map over parts of it', `(map (g: g ${OTHER}) [ (f "arm64") ])`],
  ])('moves with it: %s', async (_, other) => {
    const { changes } = await plan(F, `[ (f "amd64" ${HASH}) ${other} ]`);
    expect([0, 2]).toContain(changes.length);
  });
});

describe('a function with a default hash, which something may call with another one', () => {
  const other = `{ arch = "arm64"; sum = ${OTHER}; }`;

  test.each([
    ['an unknown function', '(unknown g)'],
    ['an unknown function that is given the hash', `(unknown g ${OTHER})`],
    ['a set of functions for an unknown one', '(unknown { mk = g; })'],
    ['callPackageWith', `(lib.callPackageWith (pkgs // ${other}) g { })`],
    ['newScope', `(pkgs.newScope ${other} g { })`],
    ['override', `((lib.makeOverridable g { }).override ${other})`],
    ['override by a function', `((lib.makeOverridable g { }).override (old: ${other}))`],
    ['arguments that are not known', '(g (unknown 1))'],
  ])('stays beside a call with the default: %s', async (_, call) => {
    await expectStays(G, `[ (g { }) ${call} ]`);
  });

  test.each([
    ['callPackageWith', `(lib.callPackageWith (pkgs // ${other}) ./f.nix { })`],
    ['callPackageWith and only these', `(lib.callPackageWith { arch = "arm64"; sum = ${OTHER}; } ./f.nix { })`],
    ['newScope', `(pkgs.newScope ${other} ./f.nix { })`],
    ['an unknown function that is given the path', `(unknown ./f.nix ${OTHER})`],
    ['an unknown function that is given the import', `(unknown (import ./f.nix) ${OTHER})`],
    ['override', `((pkgs.callPackage ./f.nix { }).override ${other})`],
  ])('stays in a file of its own: %s', async (_, call) => {
    await expectStays('', `[ (pkgs.callPackage ./f.nix { }) ${call} ]`, { 'f.nix': FILE });
  });

  test.each([
    ['callPackage', '(pkgs.callPackage ./f.nix { })'],
    ['callPackageWith all packages', '(lib.callPackageWith pkgs ./f.nix { })'],
    ['a module', '(unknown { imports = [ ./f.nix ]; })'],
  ])('moves when nothing gives another one: %s', async (_, call) => {
    await expectMoves(1, '', `[ (pkgs.callPackage ./f.nix { }) ${call} ]`, { 'f.nix': FILE });
  });
});

describe('a function that gives the arguments of a pin, and takes its hash', () => {
  const set = (hash: string, other = '') =>
    `args = { ${hash} ? ${HASH}, ${other} arch ? "amd64" }: { ${COMMON} inherit ${hash} arch; };`;

  test.each(['hash', 'sha256', 'outputHash'])('stays when something else may call it with another %s', async (name) => {
    for (const call of ['(unknown args)', '(unknown { f = args; })', '(unknown [ args ])']) {
      await expectStays(set(name), `[ (dockerTools.pullImage (args { })) ${call} ]`);
      await expectStays(set(name, 'x ? 1,'), `[ (dockerTools.pullImage (args { })) ${call} ]`);
    }
  });

  test('moves when nothing else gets it', async () => {
    await expectMoves(1, set('hash'), '[ (dockerTools.pullImage (args { })) ]');
    await expectMoves(
      1,
      `${set('hash')} other = { arch }: arch;`,
      '[ (dockerTools.pullImage (args { })) (unknown other) ]',
    );
  });
});

describe('a function of another file, which takes its hash', () => {
  const files = {
    'f.nix': `{ dockerTools, arch, sum }:\ndockerTools.pullImage { ${COMMON} inherit arch; hash = sum; }\n`,
  };
  const first = `(import ./f.nix { inherit dockerTools; arch = "amd64"; sum = ${HASH}; })`;
  const rest = `inherit dockerTools; arch = "arm64"; sum = ${OTHER};`;

  test.each([
    ['two imports', `[ ${first} (import ./f.nix { ${rest} }) ]`],
    ['callPackage', `[ ${first} (pkgs.callPackage ./f.nix { ${rest} }) ]`],
    [
      'a map',
      `map (x: import ./f.nix (x // { inherit dockerTools; })) [ { arch = "amd64"; sum = ${HASH}; } { arch = "arm64"; sum = ${OTHER}; } ]`,
    ],
    ['a function that imports', `let load = path: import path; in [ ${first} (load ./f.nix { ${rest} }) ]`],
  ])('moves when all calls are followed: %s', async (_, expression) => {
    await expectMoves(2, '', expression, files);
  });

  test('moves with its table, of which calls choose each hash', async () => {
    const table = `{ dockerTools, arch }:\nlet sums = { amd64 = ${HASH}; arm64 = ${OTHER}; }; in\ndockerTools.pullImage { ${COMMON} inherit arch; hash = sums.\${arch}; }\n`;
    const map = (archs: string) => `map (arch: import ./f.nix { inherit dockerTools arch; }) [ ${archs} ]`;
    await expectMoves(2, '', map('"amd64" "arm64"'), { 'f.nix': table });
    await expectStays('', map('"amd64"'), { 'f.nix': table });
  });

  test.each([
    ['a hash that is not known', `(import ./f.nix { ${rest.replace(OTHER, `unknown ${OTHER}`)} })`],
    ['arguments that are not known', '(import ./f.nix (unknown 1))'],
    ['an unknown function that gets the path', `(unknown ./f.nix ${OTHER})`],
    [
      'a function around it that nothing is seen to call',
      '(unknown (h: import ./f.nix { inherit dockerTools; arch = "arm64"; sum = h; }))',
    ],
    [
      'a function of the library',
      `(lib.zipListsWith (a: s: import ./f.nix { inherit dockerTools; arch = a; sum = s; }) [ "arm64" ] [ ${OTHER} ])`,
    ],
  ])('stays beside %s', async (_, call) => {
    await expectStays('', `[ ${first} ${call} ]`, files);
  });
});

describe('a set with other names than those of pullImage', () => {
  const T = `t = { name = "${registry.host}/web"; digest = "${OLD.root.digest}"; amd64 = ${HASH}; arm64 = ${OTHER}; };`;
  const pull =
    'dockerTools.pullImage { imageName = t.name; imageDigest = t.digest; hash = t.amd64; finalImageTag = "2.1"; arch = "amd64"; }';

  test.each([
    '(unknown t)',
    '(unknown { inherit t; })',
    '(unknown { inherit (t) digest; sums = { inherit (t) arm64; }; })',
    '(unknown t.digest { inherit (t) arm64; })',
  ])('stays when an unknown function gets it: %s', async (call) => {
    await expectStays(T, `[ (${pull}) ${call} ]`);
  });

  test.each(['(unknown t.name)', '(unknown t.digest)', '(builtins.toJSON t)'])('moves beside %s', async (call) => {
    const { changes } = await plan(T, `[ (${pull}) ${call} ]`);
    expect(changes).toMatchObject([{ to: { digest: NEW.root.digest } }]);
  });
});

test('arguments that are put over those of a function hold it', async () => {
  const bindings = `f = more: dockerTools.pullImage ({ ${COMMON} arch = "amd64"; hash = ${HASH}; } // more);`;
  await expectStays(bindings, '[ (f { }) (unknown f) ]');
  await expectMoves(1, bindings, '[ (f { }) ]');
});

test('a digest of which only the digits are seen is named in the message', async () => {
  const hex = OLD.root.digest.slice('sha256:'.length);
  for (const expression of [
    `dockerTools.pullImage { imageName = "${registry.host}/web"; imageDigest = unknown "${hex}"; hash = ${HASH}; }`,
    `"${registry.host}/web@\${unknown "${hex}"}"`,
  ]) {
    const { problems } = await plan('', expression);
    expect(problems.map(({ message }) => message)).toContainEqual(
      expect.stringContaining(`(it has ${OLD.root.digest})`),
    );
  }
});
