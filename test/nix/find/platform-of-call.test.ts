// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Nix has interpolations of its own
import { describe, expect, test } from 'vitest';
import { findPins } from '../../../src/nix/find/find-pins.js';
import type { PinSite } from '../../../src/nix/find/pin-site.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const HASH = '"sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM="';
const PIN = `imageName = "redis"; imageDigest = "${DIGEST}"; finalImageTag = "7"; hash = ${HASH};`;

function sitesIn(text: string, systems?: readonly string[]): readonly PinSite[] {
  return findPins(text, { path: 'a.nix', ...(systems ? { systems } : {}) }).sites;
}

const textOf = (value: PinSite['arch']) => (value?.kind === 'text' ? value.text : value?.kind);

describe('a call that takes the platform of the machine', () => {
  test('is one pin of several architectures, which share its hash', () => {
    const text = `{ dockerTools, stdenv }: dockerTools.pullImage { ${PIN} arch = stdenv.hostPlatform.go.GOARCH; }`;
    const [site, ...others] = sitesIn(text, ['x86_64-linux', 'aarch64-linux']);
    expect(others).toEqual([]);
    expect(site?.sharedByArchitectures?.toSorted()).toEqual(['amd64', 'arm64']);
    expect(site).toMatchObject({ isPlatformDependent: false, systems: ['x86_64-linux', 'aarch64-linux'] });
    expect(site?.arch).toBeUndefined();
    expect(site?.assumed).toContainEqual({ part: 'arch', why: 'machine' });
  });

  test('keeps an os that is written', () => {
    const text = `{ dockerTools, stdenv }: dockerTools.pullImage { ${PIN} os = "linux"; arch = stdenv.hostPlatform.go.GOARCH; }`;
    expect(sitesIn(text, ['x86_64-linux', 'aarch64-linux']).map(({ os }) => textOf(os))).toEqual(['linux']);
  });

  test('is for the default where that is given', () => {
    const text = `{ dockerTools, arch ? "arm64" }: dockerTools.pullImage { ${PIN} inherit arch; }`;
    const [site, ...others] = sitesIn(text);
    expect(others).toEqual([]);
    expect(textOf(site?.arch)).toBe('arm64');
    expect(site?.sharedByArchitectures).toBeUndefined();
  });

  test('is one pin for each hash that it chooses', () => {
    const hashes = `hash = { x86_64-linux = "a"; aarch64-linux = "b"; }.\${stdenv.hostPlatform.system};`;
    const text = `{ dockerTools, stdenv }: dockerTools.pullImage { ${PIN.replace(/hash = .*/, hashes)} arch = stdenv.hostPlatform.go.GOARCH; }`;
    const sites = sitesIn(text, ['x86_64-linux', 'aarch64-linux']);
    expect(sites.map(({ systems, arch }) => [systems, textOf(arch)]).toSorted()).toEqual([
      [['aarch64-linux'], 'arm64'],
      [['x86_64-linux'], 'amd64'],
    ]);
  });

  test('is not for systems whose os no image has', () => {
    const text = `{ dockerTools, go }: dockerTools.pullImage { ${PIN} os = go.GOOS; arch = "amd64"; }`;
    const [site, ...others] = sitesIn(text, ['x86_64-linux', 'x86_64-darwin']);
    expect(others).toEqual([]);
    expect(site).toMatchObject({ systems: ['x86_64-linux', 'x86_64-darwin'], isPlatformDependent: false });
    expect(textOf(site?.os)).toBe('linux');
  });

  test('an os that is written is that of the pin on each system', () => {
    const text = `{ dockerTools, stdenv }: dockerTools.pullImage { ${PIN} os = "windows"; arch = "amd64"; }`;
    expect(sitesIn(text).map(({ os }) => textOf(os))).toEqual(['windows']);
  });
});

describe('a value in a table by system', () => {
  test('is that of each system', () => {
    const table = `hash = { x86_64-linux = "a"; aarch64-linux = "b"; };`;
    const text = `{ dockerTools }: dockerTools.pullImage { ${PIN.replace(/hash = .*/, table)} }`;
    const found = sitesIn(text, ['x86_64-linux', 'aarch64-linux', 's390x-linux']).map(({ systems, hashes }) => [
      systems,
      hashes.map(({ value }) => textOf(value)),
    ]);
    expect(found.toSorted()).toEqual([
      [['aarch64-linux'], ['b']],
      [['x86_64-linux'], ['a']],
    ]);
  });

  test.each(['{ }', '{ amd64 = "a"; }', '{ x86_64-linux = "a"; web = "b"; }'])(
    'and any other set is no text: %s',
    (table) => {
      const text = `{ dockerTools }: dockerTools.pullImage { ${PIN.replace(/hash = .*/, `hash = ${table};`)} }`;
      expect(sitesIn(text).flatMap(({ hashes }) => hashes.map(({ value }) => textOf(value)))).toEqual(['unfollowable']);
    },
  );
});

describe('attributes that a pin may do without', () => {
  const siteOf = (rest: string) =>
    sitesIn(`{ dockerTools, unknown, pkgs }: dockerTools.pullImage { ${PIN} ${rest} }`)[0];

  test('are not there when they are null', () => {
    const site = siteOf('os = null; arch = null; finalImageName = null;');
    expect([site?.os, site?.arch, site?.finalImageName]).toEqual([undefined, undefined, undefined]);
  });

  test('are followed, or say why they are not', () => {
    const site = siteOf('os = unknown; arch = [ ]; finalImageName = "x"; tlsVerify = false;');
    expect([textOf(site?.os), textOf(site?.arch), textOf(site?.finalImageName)]).toEqual([
      'unfollowable',
      'unfollowable',
      'x',
    ]);
    expect(site?.arch).toMatchObject({ message: expect.stringContaining('it is not a string') });
    expect(site?.tlsVerify).toBe(false);
    expect(siteOf('tlsVerify = unknown;')?.tlsVerify).toMatchObject({ kind: 'unfollowable' });
    expect(siteOf('tlsVerify = "no";')?.tlsVerify).toBeUndefined();
  });

  test('a hash that is empty on a system cannot be fetched there, and an empty literal is a placeholder', () => {
    const optional = 'hash = pkgs.lib.optionalString pkgs.stdenv.isx86_64 "a";';
    const text = `{ dockerTools, pkgs }: dockerTools.pullImage { ${PIN.replace(/hash = .*/, optional)} }`;
    const found = sitesIn(text, ['x86_64-linux', 'aarch64-linux']).map(({ systems, hashes }) => [
      systems,
      hashes.map(({ value, isPlaceholder }) => [textOf(value), isPlaceholder]),
    ]);
    expect(found).toEqual([[['x86_64-linux'], [['a', false]]]]);
    expect(sitesIn(`{ dockerTools }: dockerTools.pullImage { ${PIN.replace(HASH, '""')} }`)).toMatchObject([
      { hashes: [{ isPlaceholder: true }] },
    ]);
  });
});
