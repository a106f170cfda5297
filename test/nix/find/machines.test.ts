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

test.each([
  ['another module', `{ pkgs, ... }: [ { nixpkgs.hostPlatform = "${ARM}"; } { image = ${CALL}; } ]`],
  ['other settings of nixpkgs', `{ pkgs, ... }: { nixpkgs.config.allowUnfree = true; image = ${CALL}; }`],
  ['a platform that is not known', `{ pkgs, host, ... }: { nixpkgs.hostPlatform = host; image = ${CALL}; }`],
])('%s does not', (_, source) => {
  expect(systemsOf(source)).toBeUndefined();
});
