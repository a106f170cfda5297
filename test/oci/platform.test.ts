import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { chooseByOsAndArchitecture, choosePlatform, isChosenByNix } from '../../src/oci/choose-platform.js';
import type { ImageIndex, IndexEntry } from '../../src/oci/manifest.js';
import {
  formatPlatform,
  isPlatform,
  type Platform,
  PlatformError,
  parsePlatform,
  platformOfSystem,
  SYSTEMS,
  systemOfPlatform,
  toPlatform,
} from '../../src/oci/platform.js';
import { createRandom, type Random } from '../support/random.js';

const ZSTD = { 'io.github.containers.compression.zstd': 'true' };

/** An entry from `linux/arm/v7`, `none` for one without a platform, with `+zstd` behind it for one that is marked so. */
function entry(text: string, position: number): IndexEntry {
  const [name = '', mark] = text.split('+');
  const [os = '', architecture = '', variant] = name.split('/');
  const platform = { os, architecture, ...(variant !== undefined && { variant }) };
  return {
    digest: `${position}`,
    mediaType: '',
    size: 0,
    annotations: mark === 'zstd' ? ZSTD : {},
    ...(name !== 'none' && { platform }),
  };
}

function indexOf(texts: readonly string[], format: 'oci' | 'docker' = 'oci'): ImageIndex {
  const stored = { bytes: new Uint8Array(), mediaType: '', digest: `sha256:${'0'.repeat(64)}` } as const;
  return { type: 'index', format, stored, entries: texts.map(entry) };
}

function platform(text: string): Platform {
  const [os = '', architecture = '', variant] = text.split('/');
  return { os, architecture, ...(variant !== undefined && { variant }) };
}

function chosen(choose: typeof choosePlatform, index: ImageIndex, wanted: string): number {
  try {
    return Number(choose(index, platform(wanted)).digest);
  } catch (error) {
    if (error instanceof PlatformError) return -1;
    throw error;
  }
}

describe('skopeo --override-os, --override-arch takes', () => {
  test.each<[string, string[], number]>([
    ['linux/amd64', ['linux/arm64', 'linux/amd64'], 1],
    ['linux/amd64', ['linux/amd64/v1', 'linux/amd64/v2'], -1],
    ['linux/amd64', ['linux/amd64/v2', 'linux/amd64'], 1],
    ['linux/amd64', ['Linux/amd64', 'linux/AMD64'], -1],
    ['linux/x86_64', ['linux/amd64'], -1],
    ['linux/arm64', ['linux/arm64/v8'], 0],
    ['linux/arm64', ['linux/arm64/v8', 'linux/arm64'], 1],
    ['linux/arm64', ['linux/arm64/v9'], -1],
    ['linux/arm', ['linux/arm/v6', 'linux/arm/v7', 'linux/arm/v8'], 2],
    ['linux/arm', ['linux/arm/v5', 'linux/arm/v7'], 1],
    ['linux/arm', ['linux/arm/v4'], -1],
    ['linux/arm', ['linux/arm/v8', 'linux/arm'], 1],
    ['linux/amd64', ['unknown/unknown', 'linux/amd64'], 1],
    ['linux/amd64', ['none', 'linux/amd64'], 1],
    ['linux/amd64', ['none', 'linux/arm64'], 0],
    ['linux/amd64', ['/', 'linux/arm64'], -1],
    ['linux/amd64', ['linux/amd64', 'linux/amd64+zstd'], 1],
    ['linux/arm64', ['linux/arm64', 'linux/arm64/v8+zstd'], 0],
    ['linux/constructor', ['linux/amd64'], -1],
    ['linux/amd64', [], -1],
  ])('for %s of %j the entry %i', (wanted, entries, position) => {
    expect(chosen(chooseByOsAndArchitecture, indexOf(entries), wanted)).toBe(position);
  });

  test('a docker list has neither entries that fit anything nor a mark for zstd', () => {
    expect(chosen(chooseByOsAndArchitecture, indexOf(['none'], 'docker'), 'linux/amd64')).toBe(-1);
    expect(
      chosen(chooseByOsAndArchitecture, indexOf(['linux/amd64', 'linux/amd64+zstd'], 'docker'), 'linux/amd64'),
    ).toBe(0);
  });

  test('a plain implementation of the rules agrees on 2000 seeded indexes', () => {
    let found = 0;
    for (let seed = 0; seed < 2000; seed += 1) {
      const random = createRandom(seed);
      const entries = Array.from({ length: random.integer(0, 7) }, () => randomEntry(random));
      const wanted = random.pick(['linux/amd64', 'linux/arm64', 'linux/arm', 'windows/amd64']);
      const format = random.pick(['oci', 'docker'] as const);
      const expected = naive(entries, wanted, format);
      const actual = chosen(chooseByOsAndArchitecture, indexOf(entries, format), wanted);
      expect({ seed, entries, wanted, format, actual }).toEqual({ seed, entries, wanted, format, actual: expected });
      if (expected >= 0) found += 1;
    }
    expect(found).toBeGreaterThan(500);
  });
});

function randomEntry(random: Random): string {
  if (random.chance(0.1)) return 'none';
  const name = `${random.pick(['linux', 'linux', 'windows', ''])}/${random.pick(['amd64', 'arm64', 'arm', 'arm'])}`;
  const variant = random.pick(['', '', '/', '/v1', '/v5', '/v6', '/v7', '/v8', '/v9']);
  return name + variant + (random.chance(0.2) ? '+zstd' : '');
}

/** Looks for the best entry by asking for each quality in turn. */
function naive(entries: readonly string[], wanted: string, format: 'oci' | 'docker'): number {
  const variants: Record<string, string[]> = {
    'linux/arm': ['', '/v8', '/v7', '/v6', '/v5'],
    'linux/arm64': ['', '/v8'],
  };
  for (const variant of variants[wanted] ?? ['']) {
    const names = variant === '' ? [wanted, `${wanted}/`] : [wanted + variant];
    const isNamed = (text: string): boolean => names.includes(text.replace('+zstd', ''));
    const marked = format === 'oci' ? entries.findIndex((text) => text.endsWith('+zstd') && isNamed(text)) : -1;
    if (marked >= 0) return marked;
    const any = entries.findIndex(isNamed);
    if (any >= 0) return any;
  }
  return format === 'oci' ? entries.indexOf('none') : -1;
}

describe('a requested variant is chosen', () => {
  test.each<[string, string[], number]>([
    ['linux/arm/v6', ['linux/arm/v7', 'linux/arm/v6'], 1],
    ['linux/arm/v6', ['linux/arm/v7', 'linux/arm'], -1],
    ['linux/arm/v7', ['linux/arm/v8', 'linux/arm/v7'], 1],
    ['linux/arm/v7', ['linux/arm/v6', 'linux/arm'], 1],
    ['linux/arm/v7', ['linux/arm', 'linux/arm/v7'], 1],
    ['linux/arm64/v8', ['linux/arm64'], 0],
    ['linux/arm64/v8', ['linux/arm64', 'linux/arm64/v8'], 1],
    ['linux/amd64/v2', ['linux/amd64', 'linux/amd64/v2'], 1],
    ['linux/amd64/v3', ['linux/amd64', 'linux/amd64/v2'], -1],
    ['linux/arm64', ['linux/arm64/v8'], 0],
  ])('for %s of %j the entry %i', (wanted, entries, position) => {
    expect(chosen(choosePlatform, indexOf(entries), wanted)).toBe(position);
  });
});

test('a platform that is not there: the error lists those that are, without attestations', () => {
  const index = indexOf(['linux/amd64', 'unknown/unknown', 'none', 'linux/arm/v7', '/'], 'docker');
  expect(() => choosePlatform(index, platform('linux/s390x'))).toThrow(
    'no image for linux/s390x; there are: linux/amd64, linux/arm/v7',
  );
  expect(() => choosePlatform(indexOf([]), platform('linux/s390x'))).toThrow('there are: none');
  expect(() => choosePlatform(indexOf(['linux/\u001b[31m']), platform('a/b'))).toThrow('linux/\ufffd[31m');
});

describe('a platform is written os/arch[/variant]', () => {
  test.each(['linux/amd64', 'linux/arm/v7', 'windows/amd64', 'constructor/toString', '__proto__/x'])('%s', (text) => {
    expect(formatPlatform(parsePlatform(text))).toBe(text);
  });

  test.each([
    '',
    'linux',
    'linux/',
    '/amd64',
    'linux/arm/',
    'linux/arm/v7/x',
    'linux/a b',
    'li\u001bnux/x',
    'linux/\u00e9',
  ])('%j is refused', (text) => {
    expect(() => parsePlatform(text)).toThrow(UsageError);
  });

  test.each([
    ['linux/x86_64', 'amd64: write amd64, or linux/amd64'],
    ['linux/aarch64', 'arm64: write arm64, or linux/arm64'],
    ['linux/armv7l', 'arm/v7: write arm/v7, or linux/arm/v7'],
  ])('the error for %s gives the name that images use', (text, words) => {
    expect(() => parsePlatform(text)).toThrow(words);
  });

  test('words that could act on a terminal are not a platform', () => {
    expect(isPlatform({ os: 'linux', architecture: 'arm', variant: 'v7' })).toBe(true);
    expect(isPlatform({ os: 'linux', architecture: 'arm', variant: '' })).toBe(false);
    expect(isPlatform({ os: 'linux\u009b31m', architecture: 'arm' })).toBe(false);
  });
});

test('each Nix system has the platform that nixpkgs pulls there, others are refused', () => {
  expect(platformOfSystem('x86_64-linux')).toEqual({ os: 'linux', architecture: 'amd64' });
  expect(platformOfSystem('aarch64-darwin')).toEqual({ os: 'linux', architecture: 'arm64' });
  for (const system of Object.keys(SYSTEMS)) expect(isPlatform(platformOfSystem(system))).toBe(true);
  for (const system of ['', 'x86_64', 'constructor', '__proto__', 'riscv64-freebsd'])
    expect(() => platformOfSystem(system)).toThrow(UsageError);
});

describe('isChosenByNix', () => {
  test.each([
    ['linux/amd64', ['linux/amd64'], true],
    ['linux/arm/v6', ['linux/arm/v6', 'linux/arm/v7'], false],
    ['linux/arm/v7', ['linux/arm/v6', 'linux/arm/v7'], true],
    // There is no image for the architecture alone.
    ['linux/amd64/v3', ['linux/amd64/v3'], false],
  ])('%s of %j is %s', (wanted, entries, isChosen) => {
    expect(isChosenByNix(indexOf(entries), platform(wanted))).toBe(isChosen);
  });

  test('a platform that the index lacks is an error', () => {
    expect(() => isChosenByNix(indexOf(['linux/amd64']), platform('linux/arm64'))).toThrow(PlatformError);
  });
});

test('a system runs the images of its own platform', () => {
  const linux = Object.keys(SYSTEMS).filter((system) => system.endsWith('-linux') && !system.startsWith('armv'));
  for (const system of linux) expect(systemOfPlatform(platformOfSystem(system))).toBe(system);
  expect(['linux/arm', 'linux/arm/v7', 'linux/arm/v6', 'linux/arm/v5'].map(platform).map(systemOfPlatform)).toEqual([
    ...['armv7l-linux', 'armv7l-linux', 'armv6l-linux', 'armv5tel-linux'],
  ]);
  for (const text of ['windows/amd64', 'linux/arm/v8', 'linux/wasm', 'linux/constructor'])
    expect(systemOfPlatform(platform(text))).toBeNull();
});

test('a platform that was parsed stays what it is', () => {
  const parsed = parsePlatform('linux/arm/v7');
  expect(toPlatform(parsed)).toBe(parsed);
  expect(toPlatform('linux/arm/v7')).toEqual(parsed);
});

test.each([
  ['arm46', "'arm46' is not a platform; did you mean arm64?"],
  ['?', "'?' is not a platform: write os/arch or os/arch/variant, such as linux/arm64"],
  ['i686', "images call the architecture 'i686' 386: write 386, or linux/386 for a platform"],
  ['armv6l', "images call the architecture 'armv6l' arm/v6: write arm/v6, or linux/arm/v6 for a platform"],
  ['linus/arm/v7', "there is no platform 'linus/arm/v7'; did you mean linux/arm/v7?"],
  ['linux/amd46', "there is no platform 'linux/amd46'; did you mean linux/amd64?"],
])('what is meant by %s is said', (text, words) => {
  expect(() => parsePlatform(text)).toThrow(words);
});

test('an architecture alone is one of Linux, and words of Go are no mistakes', () => {
  const architectures =
    'amd64 arm64 arm 386 ppc64le ppc64 s390x riscv64 loong64 mips mipsle mips64 mips64le sparc64 wasm';
  for (const architecture of architectures.split(' ')) {
    expect(parsePlatform(architecture)).toEqual({ os: 'linux', architecture });
    for (const os of ['linux', 'windows', 'darwin', 'freebsd', 'netbsd', 'openbsd', 'wasip1'])
      expect(parsePlatform(`${os}/${architecture}`)).toEqual({ os, architecture });
  }
});

test('a system without images: the nearest one, or all', () => {
  expect(() => platformOfSystem('x86_64-linus')).toThrow("for the system 'x86_64-linus'; did you mean x86_64-linux?");
  expect(() => platformOfSystem('?')).toThrow("for the system '?'; known are: x86_64-linux, aarch64-linux, ");
  for (const system of ['armv5tel-linux', 'armv6l-linux', 'armv7l-linux'])
    expect(platformOfSystem(system)).toEqual({ os: 'linux', architecture: 'arm' });
  expect(platformOfSystem('x86_64-darwin')).toEqual({ os: 'linux', architecture: 'amd64' });
});
