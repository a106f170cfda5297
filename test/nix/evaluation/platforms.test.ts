import { expect, test } from 'vitest';
import { RARE_SYSTEMS, USUAL_SYSTEMS } from '../../../src/nix/evaluation/platforms.js';
import { tracedText } from './support/evaluate-text.js';

const SYSTEMS = [...USUAL_SYSTEMS, ...RARE_SYSTEMS];

/** The text that a platform has under a name, in a package set for that system. */
const factOf = (name: string, system: string) =>
  tracedText(`toString (import <nixpkgs> { }).stdenv.hostPlatform.${name}`, {}, system);

/** The systems for which nixpkgs says that the name is true. */
const systemsWith = (name: string) =>
  SYSTEMS.filter((system) => {
    const answer = tracedText(`if (import <nixpkgs> { }).stdenv.hostPlatform.${name} then "yes" else "no"`, {}, system);
    expect(['[yes]', '[no]']).toContain(answer);
    return answer === '[yes]';
  });

const ARM = ['armv7l-linux', 'armv6l-linux', 'armv5tel-linux'];
const AARCH64 = ['aarch64-linux', 'aarch64-darwin'];
const X86_64 = ['x86_64-linux', 'x86_64-darwin'];
const DARWIN = ['x86_64-darwin', 'aarch64-darwin'];
const SMALL = [...ARM, 'i686-linux'];

test.each<[string, readonly string[]]>([
  ['isx86_64', X86_64],
  ['isx86_32', ['i686-linux']],
  ['isi686', ['i686-linux']],
  ['isx86', [...X86_64, 'i686-linux']],
  ['isAarch64', AARCH64],
  ['isAarch32', ARM],
  ['isAarch', [...AARCH64, ...ARM]],
  ['isArmv7', ['armv7l-linux']],
  ['isRiscV', ['riscv64-linux']],
  ['isRiscV64', ['riscv64-linux']],
  ['isPower64', ['powerpc64le-linux', 'powerpc64-linux']],
  ['isS390x', ['s390x-linux']],
  ['isDarwin', DARWIN],
  ['isLinux', SYSTEMS.filter((system) => !DARWIN.includes(system))],
  ['is32bit', SMALL],
  ['is64bit', SYSTEMS.filter((system) => !SMALL.includes(system))],
])('%s is true for the systems of nixpkgs for which it is', (name, systems) => {
  expect(systemsWith(name).toSorted()).toEqual(systems.toSorted());
});

test.each([
  ['x86_64-linux', 'amd64'],
  ['aarch64-linux', 'arm64'],
  ['armv7l-linux', 'arm'],
  ['armv6l-linux', 'arm'],
  ['armv5tel-linux', 'arm'],
  ['i686-linux', '386'],
  ['riscv64-linux', 'riscv64'],
  ['powerpc64le-linux', 'ppc64le'],
  ['powerpc64-linux', 'ppc64'],
  ['s390x-linux', 's390x'],
  ['loongarch64-linux', 'loong64'],
  ['mips64el-linux', 'mips64le'],
  ['aarch64-darwin', 'arm64'],
])('the names of %s', (system, goArch) => {
  const [cpu, kernel] = system.split('-');
  expect(factOf('system', system)).toBe(system);
  for (const name of ['parsed.cpu.name', 'uname.processor']) expect(factOf(name, system)).toBe(cpu);
  for (const name of ['parsed.kernel.name', 'go.GOOS']) expect(factOf(name, system)).toBe(kernel);
  expect(factOf('go.GOARCH', system)).toBe(goArch);
  expect(tracedText('builtins.currentSystem', {}, system)).toBe(system);
  expect(tracedText('pkgs.go.GOARCH', {}, system)).toBe(goArch);
  expect(tracedText('pkgs.go.GOOS', {}, system)).toBe(kernel);
});

test.each([
  ['pkgsCross.aarch64-multiplatform', 'aarch64-linux'],
  ['pkgsCross.armv7l-hf-multiplatform', 'armv7l-linux'],
  ['pkgsCross.raspberryPi', 'armv6l-linux'],
  ['pkgsCross.gnu64', 'x86_64-linux'],
  ['pkgsCross.musl64', 'x86_64-linux'],
  ['pkgsCross.gnu32', 'i686-linux'],
  ['pkgsCross.musl32', 'i686-linux'],
  ['pkgsCross.riscv64', 'riscv64-linux'],
  ['pkgsCross.powernv', 'powerpc64le-linux'],
  ['pkgsCross.s390x', 's390x-linux'],
  ['legacyPackages.aarch64-linux', 'aarch64-linux'],
  ['legacyPackages.x86_64-linux.pkgsCross.riscv64', 'riscv64-linux'],
])('the package set %s is for %s', (path, system) => {
  expect(tracedText(`toString nixpkgs.${path}.stdenv.hostPlatform.system`, {}, 'armv5tel-linux')).toBe(system);
  expect(tracedText(`toString nixpkgs.${path}.stdenv.buildPlatform.system`, {}, 'armv5tel-linux')).not.toBe(system);
});

test.each([
  ['{ system = "aarch64-linux"; }', 'aarch64-linux'],
  ['{ localSystem = "aarch64-linux"; }', 'aarch64-linux'],
  ['{ system = "x86_64-linux"; crossSystem = "aarch64-linux"; }', 'aarch64-linux'],
  ['{ crossSystem.system = "aarch64-linux"; }', 'aarch64-linux'],
  ['{ crossSystem = { config = "aarch64-unknown-linux-gnu"; }; }', 'aarch64-linux'],
  ['{ crossSystem.config = "aarch64-linux-musl"; }', 'aarch64-linux'],
  ['{ hostPlatform = "aarch64-darwin"; }', 'aarch64-darwin'],
  ['{ system = "aarch64"; }', 's390x-linux'],
  ['{ system = 1; config = { }; }', 's390x-linux'],
  ['{ crossSystem.config = "arm-none-eabi"; }', 's390x-linux'],
  ['{ overlays = [ ]; }', 's390x-linux'],
])('packages that are imported with %s are for %s', (given, system) => {
  expect(tracedText(`toString (import nixpkgs ${given}).stdenv.hostPlatform.system`, {}, 's390x-linux')).toBe(system);
});
