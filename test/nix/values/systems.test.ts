import { describe, expect, test } from 'vitest';
import { isSystem, keyStyle, systemOfName, systemOfNames } from '../../../src/nix/values/systems.js';

describe('a Nix system', () => {
  test.each([
    ...['x86_64-linux', 'aarch64-linux', 'aarch64-darwin', 'armv7l-linux', 'armv6l-linux', 'armv5tel-linux'],
    ...['i686-linux', 'i386-linux', 'riscv64-linux', 'riscv32-linux', 'powerpc64-linux', 'powerpc64le-linux'],
    ...['s390x-linux', 'mips64el-linux', 'loongarch64-linux', 'x86_64-freebsd'],
  ])('%s is one', (text) => {
    expect(isSystem(text)).toBe(true);
    expect(systemOfName(text)).toBe(text);
    expect(keyStyle(text)).toBe('system');
  });

  test.each([
    ...['x86_64', 'amd64-linux', 'x86_64-Linux', 'x86_64-linux-gnu', 'my-x86_64-linux', 'x86_64-', 'armv8-linux'],
    ...['i286-linux', 'i786-linux', 'riscv-linux', 'riscv128-linux', 'powerpc-linux', 'linux', '', 'x86_64-linux2'],
  ])('%s is none', (text) => {
    expect(isSystem(text)).toBe(false);
    expect(keyStyle(text)).not.toBe('system');
  });
});

test.each([
  ...['amd64', 'x86_64', 'x64', 'AMD64', 'linux/amd64', 'linux-amd64', 'web-x86_64', 'web-x86-64', 'x86-64'].map(
    (name) => [name, 'x86_64-linux'],
  ),
  ...['arm64', 'aarch64', 'linux/arm64', 'web-arm64', 'web.arm64', 'web_arm64', 'ARM64', 'arm64/v8'].map((name) => [
    name,
    'aarch64-linux',
  ]),
  ...['arm', 'armv7', 'armv7l', 'armhf'].map((name) => [name, 'armv7l-linux']),
  ...['armv6', 'armv6l'].map((name) => [name, 'armv6l-linux']),
  ...['386', 'i386', 'i686'].map((name) => [name, 'i686-linux']),
  ['riscv64', 'riscv64-linux'],
  ['s390x', 's390x-linux'],
  ['loongarch64', 'loongarch64-linux'],
  ...['ppc64le', 'powerpc64le'].map((name) => [name, 'powerpc64le-linux']),
  ['amd64-x86_64', 'x86_64-linux'],
] as [string, string][])('the name %s stands for %s', (name, system) => {
  expect(systemOfName(name)).toBe(system);
});

test.each(['web', 'x86', 'armor', 'arms', 'amd64-arm64', 'linux', '', 'charm64', '64'])(
  'the name %s stands for none',
  (name) => {
    expect(systemOfName(name)).toBeUndefined();
  },
);

test.each<[string, ReturnType<typeof keyStyle>]>([
  ...['amd64', 'arm64', 'arm', '386', 'riscv64', 's390x', 'ppc64le', 'loong64', 'mips64le'].flatMap(
    (name): [string, ReturnType<typeof keyStyle>][] => [
      [name, 'architecture'],
      [`linux-${name}`, 'dashed'],
      [`linux/${name}`, 'platform'],
      [`linux/${name}/v8`, 'platform'],
      [`web-${name}`, undefined],
      [`linux_${name}`, undefined],
      [`windows/${name}`, undefined],
    ],
  ),
  ...['x86_64', 'aarch64', 'armv7l', 'armv6l', 'armv5l', 'i686', 'powerpc64le', 'loongarch64', 'mips64el'].flatMap(
    (name): [string, ReturnType<typeof keyStyle>][] => [
      [name, 'processor'],
      [`linux/${name}`, undefined],
      [`x${name}`, undefined],
      [`${name}x`, undefined],
    ],
  ),
  ['linux/amd64/v', undefined],
  ['linux/amd64/v8/x', undefined],
  ['linux/', undefined],
  ['web', undefined],
])('the key %s has the style %s', (key, style) => {
  expect(keyStyle(key)).toBe(style);
});

test.each<[string[], string | undefined]>([
  [['pkgs'], undefined],
  [['nixpkgs', 'legacyPackages', 'aarch64-linux'], 'aarch64-linux'],
  [['self', 'packages', 'x86_64-linux', 'aarch64-linux'], 'aarch64-linux'],
  [['pkgs', 'pkgsCross', 'aarch64-multiplatform', 'x'], 'aarch64-linux'],
  [['pkgs', 'pkgsCross', 'aarch64-multiplatform-musl'], 'aarch64-linux'],
  [['pkgs', 'pkgsCross', 'aarch64-embedded'], 'aarch64-linux'],
  [['pkgs', 'pkgsCross', 'armv7a-android-prebuilt'], 'armv7l-linux'],
  [['pkgs', 'pkgsCross', 'armv6l-linux'], 'armv6l-linux'],
  [['pkgs', 'pkgsCross', 'musl-power'], 'powerpc64le-linux'],
  [['pkgs', 'pkgsCross', 'ppc64le'], 'powerpc64le-linux'],
  [['pkgs', 'pkgsCross', 'riscv64-embedded'], 'riscv64-linux'],
  [['pkgs', 'pkgsCross', 's390x'], 's390x-linux'],
  [['pkgs', 'pkgsCross', 'mingwW64'], undefined],
  [['pkgs', 'pkgsCross', 'my-gnu64'], undefined],
  [['pkgs', 'pkgsCross'], undefined],
  [['pkgs', 'riscv64'], undefined],
  [['pkgs', 'gnu64'], undefined],
])('the package set %j is for %s', (names, system) => {
  expect(systemOfNames(names)).toBe(system);
});
