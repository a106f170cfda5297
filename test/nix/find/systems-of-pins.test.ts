// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Nix has interpolations of its own
import { describe, expect, test } from 'vitest';
import { findPins } from '../../../src/nix/find/find-pins.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const HASH = '"sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM="';
const ARM = 'aarch64-linux';
const X86 = 'x86_64-linux';
const SET = `{ imageName = "redis"; imageDigest = "${DIGEST}"; finalImageTag = "7"; hash = ${HASH}; }`;
const CALL = `pkgs.dockerTools.pullImage ${SET}`;

/** The system of each pin; `any` where the files do not say one. */
function systemsOf(expression: string, texts: Readonly<Record<string, string>> = {}): string[] {
  const source = `{ pkgs, nixpkgs, lib, self, unknown, withSystem, ... }:\n${expression}\n`;
  const { sites } = findPins(source, { path: 'a.nix', read: (path) => texts[path] });
  return sites.map(({ systems, isPlatformDependent }) => (isPlatformDependent ? systems.join() : 'any'));
}

describe('a pin without arch is for the system that is said', () => {
  test.each([
    ['by an argument of a function', `let f = system: ${CALL}; in f "${ARM}"`],
    ['by the second argument', `let f = name: system: ${CALL}; in f "x" "${ARM}"`],
    ['by the last of two arguments', `let f = one: other: ${CALL}; in f "${X86}" "${ARM}"`],
    ['by an argument with a name', `let arm = "${ARM}"; f = system: ${CALL}; in f arm`],
    ['by a list that is mapped', `map (system: ${CALL}) [ "${ARM}" ]`],
    ['by names of attributes', `lib.genAttrs [ "${ARM}" ] (system: ${CALL})`],
    ['by forEach', `lib.forEach [ "${ARM}" ] (system: ${CALL})`],
    ['by concatMap', `lib.concatMap (system: [ (${CALL}) ]) [ "${ARM}" ]`],
    ['by concatMapStringsSep', `lib.concatMapStringsSep "," (system: "\${${CALL}}") [ "${ARM}" ]`],
    ['by mapAttrs', `builtins.mapAttrs (system: x: ${CALL}) { ${ARM} = 1; }`],
    ["by mapAttrs'", `lib.mapAttrs' (system: x: lib.nameValuePair system (${CALL})) { ${ARM} = 1; }`],
    ['by mapAttrsToList', `lib.mapAttrsToList (system: x: ${CALL}) { ${ARM} = 1; }`],
    ['by an unknown function of systems', `unknown.eachSystem [ "${ARM}" ] (system: { image = ${CALL}; })`],
    ['by its attribute', `{ packages.${ARM}.image = ${CALL}; }`],
    ['by an attribute further out', `{ ${ARM} = { a.b = ${CALL}; }; }`],
    ['by the nearest attribute', `{ ${X86}.x.${ARM} = ${CALL}; }`],
    ['by the package set', `let pkgs = nixpkgs.legacyPackages.${ARM}; in ${CALL}`],
    ['by packages for one system', `let pkgs = import nixpkgs { system = "${ARM}"; }; in ${CALL}`],
    ['by cross packages', `${CALL.replace('pkgs', 'pkgs.pkgsCross.aarch64-multiplatform')}`],
    ['by the variable system', `let system = "${ARM}"; in ${CALL}`],
    ['by withSystem', `withSystem "${ARM}" ({ pkgs, ... }: { image = ${CALL}; })`],
    [
      'by the one system of flake-parts',
      `{ systems = [ "${ARM}" ]; perSystem = { pkgs, ... }: { image = ${CALL}; }; }`,
    ],
    ['by a name around its hash', `let hashes.arm64 = ${HASH}; in ${CALL.replace(HASH, 'hashes.arm64')}`],
    ['by a function of packages', `let f = { pkgs }: ${CALL}; in f { pkgs = nixpkgs.legacyPackages.${ARM}; }`],
    [
      'by the packages of callPackage',
      `nixpkgs.legacyPackages.${ARM}.callPackage ({ dockerTools }: ${CALL.replace('pkgs.', '')}) { }`,
    ],
  ])('%s', (_, expression) => {
    expect(systemsOf(expression)).toEqual([ARM]);
  });

  test.each([
    ['by an argument that is no system', `let f = system: ${CALL}; in f "arm"`],
    ['by an argument that is no text', `let f = system: ${CALL}; in f [ "${ARM}" ]`],
    ['by several systems of flake-parts', `{ systems = [ "${ARM}" "${X86}" ]; perSystem = { pkgs, ... }: ${CALL}; }`],
    ['by systems without flake-parts', `{ systems = [ "${ARM}" ]; image = ${CALL}; }`],
    ['by two systems that something gets', `withSystem "${ARM}" "${X86}" ({ pkgs, ... }: ${CALL})`],
    ['by a list that is not of systems', `unknown.each [ "${ARM}" "web" ] (system: ${CALL})`],
    ['by a variable that is no system', `let system = "arm"; in ${CALL}`],
  ])('and not %s', (_, expression) => {
    expect(systemsOf(expression)).toEqual(['any']);
  });

  test('each by its own', () => {
    const each = `${CALL.replace(HASH, '{ x86_64-linux = "a"; aarch64-linux = "b"; }.${system}')}`;
    expect(systemsOf(`lib.genAttrs [ "${X86}" "${ARM}" ] (system: ${each})`).toSorted()).toEqual([ARM, X86]);
    expect(systemsOf(`{ ${X86}.image = ${CALL}; ${ARM}.image = ${CALL}; }`)).toEqual([X86, ARM]);
  });
});

describe('a pin in a function is found where the function is called', () => {
  const PULL = 'pkgs.dockerTools.pullImage';
  const values = SET.slice(1, -1);

  test.each([
    ['by its name', `let f = args: ${PULL} args; in f ${SET}`],
    ['in a set', `let lib.f = args: ${PULL} args; in lib.f ${SET}`],
    ['through another one', `let f = args: ${PULL} args; g = args: f args; in g ${SET}`],
    ['with the fetcher as an argument', `let f = pull: args: pull args; in f ${PULL} ${SET}`],
    ['by makeOverridable', `lib.makeOverridable (args: ${PULL} args) ${SET}`],
    ['by callPackage', `pkgs.callPackage ({ dockerTools, ... }@args: dockerTools.pullImage ${SET}) { }`],
    ['by callPackage of a file', 'pkgs.callPackage ./f.nix { }'],
    ['by an import', 'import ./f.nix { inherit (pkgs) dockerTools; }'],
    ['by head', `builtins.head [ (args: ${PULL} args) ] ${SET}`],
    ['by id', `lib.id (args: ${PULL} args) ${SET}`],
    ['by an argument to derivation', `pkgs.stdenv.mkDerivation { name = "x"; src = ${PULL} ${SET}; }`],
    ['by a function of its own result', `pkgs.stdenv.mkDerivation (self: { image = ${PULL} self.pin; pin = ${SET}; })`],
    ['by buildGoModule', `pkgs.buildGoModule (self: { image = ${PULL} self.pin; pin = ${SET}; })`],
    ['by lib.fix', `lib.fix (self: { image = ${PULL} self.pin; pin = ${SET}; })`],
    ['in the branch that is chosen', `let f = x: if x == "a" then ${PULL} ${SET} else null; in f "a"`],
    ['six levels deep', `let a = x: b x; b = x: c x; c = x: d x; d = x: e x; e = x: ${PULL} x; in a ${SET}`],
    [
      'with a default',
      `let f = { imageName ? "redis", imageDigest, hash, finalImageTag }: ${PULL} { inherit imageName imageDigest hash finalImageTag; }; in f ${SET.replace('imageName = "redis"; ', '')}`,
    ],
    [
      'with an inherit',
      `let inherit (rec { ${values} }) imageName imageDigest hash finalImageTag; in ${PULL} { inherit imageName imageDigest hash finalImageTag; }`,
    ],
    ['with a with', `with { ${values} }; ${PULL} { inherit imageName imageDigest hash finalImageTag; }`],
  ])('%s', (_, expression) => {
    const source = `{ pkgs, lib, ... }:\n${expression}\n`;
    const read = (path: string) => (path === 'f.nix' ? `{ dockerTools }: dockerTools.pullImage ${SET}` : undefined);
    const { sites, problems } = findPins(source, { path: 'a.nix', read, isCaller: true });
    const found = sites.map(({ form, imageName, imageDigest, finalImageTag }) => [
      form,
      imageName.text,
      imageDigest.text,
      finalImageTag?.kind === 'text' ? finalImageTag.text : undefined,
    ]);
    expect(found).toEqual([['call', 'redis', DIGEST, '7']]);
    expect(problems).toEqual([]);
  });

  test.each([['in a branch that is not chosen', `let f = x: if x == "a" then ${PULL} ${SET} else null; in f "b"`]])(
    'and is the one that is written, %s',
    (_, expression) => {
      expect(findPins(`{ pkgs }: ${expression}`, { path: 'a.nix' }).sites).toHaveLength(1);
    },
  );
});

describe('the container of an archive', () => {
  const container = (rest: string, set = SET) =>
    `image = "redis:7"; imageFile = pkgs.dockerTools.pullImage ${set}; ${rest}`;
  const containersOf = (expression: string) =>
    findPins(`{ pkgs, lib, unknown, ... }: ${expression}`, { path: 'a.nix' }).containers?.map(({ image, archive }) => [
      image.text,
      `${archive.name}:${archive.tag}`,
      archive.digest?.text,
    ]);
  const digest = DIGEST;
  const without = (name: string) => SET.replace(new RegExp(`${name} = "[^"]*"; `), '');

  test.each<[string, string, string]>([
    ['in a set', `{ ${container('')} }`, 'redis:7'],
    ['in containers', `{ virtualisation.oci-containers.containers.web = { ${container('')} }; }`, 'redis:7'],
    ['with dots', `{ web.image = "redis:7"; web.imageFile = pkgs.dockerTools.pullImage ${SET}; }`, 'redis:7'],
    ['with quotes', `{ "web".image = "redis:7"; web."imageFile" = pkgs.dockerTools.pullImage ${SET}; }`, 'redis:7'],
    [
      'with inherit',
      `let imageFile = pkgs.dockerTools.pullImage ${SET}; in { image = "redis:7"; inherit imageFile; }`,
      'redis:7',
    ],
    ['with the name of its image', `{ ${container('', without('finalImageTag'))} }`, 'redis:latest'],
    [
      'with another name inside',
      `{ ${container('', SET.replace('hash', 'finalImageName = "mine"; hash'))} }`,
      'mine:7',
    ],
    [
      'of a function of the pin',
      `{ image = "redis:7"; imageFile = unknown (pkgs.dockerTools.pullImage ${SET}); }`,
      'redis:7',
    ],
  ])('%s', (_, expression, inside) => {
    expect(containersOf(expression)).toEqual([['redis:7', inside, digest]]);
  });

  test.each([
    ['without an image', `{ imageFile = pkgs.dockerTools.pullImage ${SET}; }`],
    ['without a pin', '{ image = "redis:7"; imageFile = unknown; x = "sha256:"; }'],
    ['with an image that is not known', `{ image = unknown; imageFile = pkgs.dockerTools.pullImage ${SET}; }`],
    [
      'with two pins',
      `{ image = "redis:7"; imageFile = unknown (pkgs.dockerTools.pullImage ${SET}) (pkgs.dockerTools.pullImage ${SET}); }`,
    ],
    ['with a tag that is not known', `{ ${container('', SET.replace('"7"', 'unknown'))} }`],
    ['with more that is not known', `{ ${container('', `(unknown // ${without('finalImageTag')})`)} }`],
    ['with a computed name', `{ image = "redis:7"; \${unknown}.imageFile = pkgs.dockerTools.pullImage ${SET}; }`],
  ])('but none %s', (_, expression) => {
    expect(containersOf(expression)).toEqual([]);
  });
});

describe('names around a pin and around its hash', () => {
  const arm = CALL.replace('pkgs.', `nixpkgs.legacyPackages.${ARM}.`);
  const x86 = CALL.replace('pkgs.', `nixpkgs.legacyPackages.${X86}.`);

  test.each([
    ['the package set wins over a name around both', `{ ${ARM}.web = ${x86}; }`, X86],
    [
      'a name around the hash wins over the package set',
      `let h.arm64 = ${HASH}; in ${x86.replace(HASH, 'h.arm64')}`,
      ARM,
    ],
    [
      'a name around the hash in another file wins over the package set',
      `{ arm64.web = ${x86.replace(HASH, '(import ./h.nix).arm64.web')}; }`,
      ARM,
    ],
    ['a computed hash has no name', `{ ${ARM}.web = ${CALL.replace(HASH, 'lib.fakeHash')}; }`, ARM],
    ['names around the call count last', `{ web-arm64.image = ${CALL}; }`, ARM],
    ['the package set wins over the variable system', `let system = "${X86}"; in ${arm}`, ARM],
  ])('%s', (_, expression, system) => {
    expect(systemsOf(expression, { 'h.nix': `{ arm64.web = ${HASH}; }` })).toEqual([system]);
  });

  test('of a string without a hash, only a name that is a Nix system counts', () => {
    expect(systemsOf(`{ web-arm64 = "redis@${DIGEST}"; }`)).toEqual(['any']);
    expect(systemsOf(`{ ${ARM}.web = "redis@${DIGEST}"; }`)).toEqual([ARM]);
  });
});
