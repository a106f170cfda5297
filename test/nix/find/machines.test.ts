import { expect, test } from 'vitest';
import { findPins } from '../../../src/nix/find/find-pins.js';

const CALL = `pkgs.dockerTools.pullImage { imageName = "redis"; imageDigest = "sha256:${'a'.repeat(64)}"; finalImageTag = "7"; hash = ""; }`;
const ARM = 'aarch64-linux';

/** The systems of the only pin, where the file says them. */
function systemsOf(source: string): readonly string[] | undefined {
  const { sites } = findPins(source, { path: 'a.nix' });
  expect(sites).toHaveLength(1);
  return sites[0]?.isPlatformDependent ? sites[0].systems : undefined;
}

test.each([
  ['a module', `{ pkgs, ... }: { nixpkgs.hostPlatform = "${ARM}"; image = ${CALL}; }`],
  ['a default in a module', `{ pkgs, lib, ... }: { nixpkgs.hostPlatform = lib.mkDefault "${ARM}"; image = ${CALL}; }`],
  [
    'a set of settings in a module',
    `{ pkgs, ... }: { nixpkgs = { hostPlatform.system = "${ARM}"; }; a.b.c = ${CALL}; }`,
  ],
  [
    'a module with an overlay',
    `{ ... }: { nixpkgs = { hostPlatform = "${ARM}"; overlays = [ (pkgs: prev: { image = ${CALL}; }) ]; }; }`,
  ],
  ['a module with a name in quotes', `{ pkgs, ... }: { "nixpkgs".hostPlatform = "${ARM}"; image = ${CALL}; }`],
  [
    'a module within config',
    `{ pkgs, ... }: { config.nixpkgs.hostPlatform = "${ARM}"; nixpkgs = { }; image = ${CALL}; }`,
  ],
  ['an old module', `{ pkgs, ... }: { nixpkgs.system = "${ARM}"; image = ${CALL}; }`],
  ['a triple', `{ pkgs, ... }: { nixpkgs.hostPlatform = { config = "aarch64-unknown-linux-gnu"; }; image = ${CALL}; }`],
  [
    'a module beside it',
    `{ lib, pkgs, ... }: lib.nixosSystem { modules = [ { nixpkgs.hostPlatform = "${ARM}"; } { image = ${CALL}; } ]; }`,
  ],
  [
    'a module, and not the machine around it',
    `{ lib, pkgs, ... }: lib.nixosSystem { system = "x86_64-linux"; modules = [ { nixpkgs.hostPlatform = "${ARM}"; image = ${CALL}; } ]; }`,
  ],
])('%s says the platform of its pins', (_, source) => {
  expect(systemsOf(source)).toEqual([ARM]);
});

const WEB = `{ pkgs, ... }: { image = ${CALL}; }`;

test.each([
  ['by its path', 'modules = [ ./web.nix ];'],
  [
    'by its path, in a list that is joined',
    'modules = [ ./disk.nix ] ++ lib.optionals isServer [ ./db.nix ] ++ [ ./web.nix ];',
  ],
  ['by an import', 'modules = [ (import ./web.nix) ];'],
  ['by a function', 'modules = [ ({ pkgs, ... }: import ./web.nix { inherit pkgs; }) ];'],
  ['in a list of lists that are joined', 'modules = [ ./disk.nix ] ++ (unknown 1 ++ (unknown 2 ++ [ ./web.nix ]));'],
  ['that is named twice', 'modules = [ ./web.nix ./web.nix ./all.nix ];'],
  ['in arguments that are merged', 'modules = [ ./web.nix ]; } // { specialArgs = { };'],
  ['that another one imports', 'modules = [ ./all.nix ];'],
  ['for the package set of the machine', 'pkgs = nixpkgs.legacyPackages.aarch64-linux; modules = [ ./web.nix ];', ''],
  ['beside one that says the platform', 'modules = [ ./web.nix ./hardware.nix ];', ''],
])('a module %s is for its machine', (_, settings, system = `system = "${ARM}";`) => {
  const texts: Readonly<Record<string, string>> = {
    'web.nix': WEB,
    'all.nix': '{ ... }: { imports = [ ./none.nix ./web.nix ]; }',
    'hardware.nix': `{ lib, ... }: { nixpkgs.hostPlatform = lib.mkDefault "${ARM}"; }`,
  };
  const source = `{ nixpkgs, lib, ... }: { web = nixpkgs.lib.nixosSystem { ${system} ${settings} }; }`;
  const { sites } = findPins(source, { path: 'flake.nix', read: (path) => texts[path], isCaller: true });
  expect(sites.map(({ systems }) => systems)).toEqual([[ARM]]);
});

test.each([
  ['another module', `{ pkgs, ... }: [ { nixpkgs.hostPlatform = "${ARM}"; } { image = ${CALL}; } ]`],
  ['other settings of nixpkgs', `{ pkgs, ... }: { nixpkgs.config.allowUnfree = true; image = ${CALL}; }`],
  ['a platform that is not known', `{ pkgs, host, ... }: { nixpkgs.hostPlatform = host; image = ${CALL}; }`],
])('%s does not', (_, source) => {
  expect(systemsOf(source)).toBeUndefined();
});
