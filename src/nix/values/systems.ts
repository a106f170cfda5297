import { isSet, type Value } from './value.js';

const SYSTEM =
  /^(x86_64|aarch64|armv[5-7][a-z]*|i[3-6]86|riscv(32|64)|powerpc64(le)?|s390x|mips64el|loongarch64)-[a-z]+$/;

/** Whether the text is a Nix system such as `x86_64-linux`. */
export function isSystem(text: string): boolean {
  return SYSTEM.test(text);
}

// The names that images and nixpkgs use for an architecture, and a Nix system with that architecture. `x86_64` and `x86-64` are read as `amd64`.
const ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ...['amd64', 'x64'].map((name) => [name, 'x86_64-linux'] as const),
  ...['arm64', 'aarch64'].map((name) => [name, 'aarch64-linux'] as const),
  ...['arm', 'armv7', 'armv7l', 'armhf'].map((name) => [name, 'armv7l-linux'] as const),
  ...['armv6', 'armv6l'].map((name) => [name, 'armv6l-linux'] as const),
  // `x86` is none of them: most people mean x86_64 by it.
  ...['386', 'i386', 'i686'].map((name) => [name, 'i686-linux'] as const),
  ...['riscv64', 's390x', 'loongarch64'].map((name) => [name, `${name}-linux`] as const),
  ...['ppc64le', 'powerpc64le'].map((name) => [name, 'powerpc64le-linux'] as const),
]);

/** The system that a name stands for: `aarch64-linux`, `arm64`, `linux/arm64`, `web-arm64`; undefined for any other name. */
export function systemOfName(name: string): string | undefined {
  if (isSystem(name)) return name;
  const words = name
    .toLowerCase()
    .replaceAll(/x86[-_]64/g, 'amd64')
    .split(/[-_/.]/);
  const known = words.flatMap((word) => ARCHITECTURES.get(word) ?? []);
  return new Set(known).size === 1 ? known[0] : undefined;
}

/** How the keys of a table by system are written: `aarch64-linux`, `aarch64`, `arm64`, `linux-arm64`, `linux/arm64`. */
export type KeyStyle = 'system' | 'processor' | 'architecture' | 'dashed' | 'platform';

const ARCHITECTURE = /^(?:amd64|arm64|arm|386|riscv64|s390x|ppc64le|loong64|mips64le)$/;
const PROCESSOR = /^(?:x86_64|aarch64|armv[5-7]l|i686|riscv64|powerpc64le|s390x|loongarch64|mips64el)$/;

/** The style of a key; undefined for a key that is no system by itself. Where a key has two styles, it is that of images. */
export function keyStyle(key: string): KeyStyle | undefined {
  if (isSystem(key)) return 'system';
  if (ARCHITECTURE.test(key)) return 'architecture';
  if (PROCESSOR.test(key)) return 'processor';
  const [, mark, rest = ''] = /^linux([/-])(\w+)(?:\/v\d)?$/.exec(key) ?? [];
  if (mark === undefined || !ARCHITECTURE.test(rest)) return undefined;
  return mark === '/' ? 'platform' : 'dashed';
}

// The package sets of nixpkgs that are for another system (pkgs/top-level, lib/systems/examples.nix).
const CROSS: readonly (readonly [name: RegExp, system: string])[] = [
  [/^(aarch64-multiplatform|aarch64-linux|aarch64-embedded)/, 'aarch64-linux'],
  [/^(armv7l-hf-multiplatform|armv7a)/, 'armv7l-linux'],
  [/^(raspberryPi|armv6l)/, 'armv6l-linux'],
  [/^(gnu64|musl64|x86_64-linux)/, 'x86_64-linux'],
  [/^(gnu32|musl32|i686-linux)/, 'i686-linux'],
  [/^riscv64/, 'riscv64-linux'],
  [/^(powernv|musl-power|ppc64le)/, 'powerpc64le-linux'],
  [/^s390x/, 's390x-linux'],
];

/** The system of the package set that a path names, such as `legacyPackages.aarch64-linux` or `pkgsCross.riscv64`. */
export function systemOfNames(names: readonly string[]): string | undefined {
  const cross = names[names.lastIndexOf('pkgsCross') + 1];
  const other = names.includes('pkgsCross') && CROSS.find(([name]) => name.test(cross ?? ''));
  return (other ? other[1] : undefined) ?? names.findLast(isSystem);
}

/** The system that an argument gives to a package set or a machine, as in `import nixpkgs { system = …; }`. */
export function systemGiven(argument: Value): string | undefined {
  if (!isSet(argument)) return undefined;
  const names = ['crossSystem', 'hostPlatform', 'localSystem', 'system'];
  for (const name of names) {
    const value = argument.attributes.get(name)?.force();
    const system = value && systemOfValue(value);
    if (system !== undefined) return system;
  }
  return undefined;
}

function systemOfValue(value: Value): string | undefined {
  if (value.kind === 'text') return systemOfTriple(value.text);
  if (!isSet(value)) return undefined;
  const inner = ['system', 'config'].map((name) => value.attributes.get(name)?.force());
  return inner.flatMap((each) => (each?.kind === 'text' ? (systemOfTriple(each.text) ?? []) : []))[0];
}

/** `aarch64-linux`, or `aarch64-unknown-linux-gnu`. */
function systemOfTriple(text: string): string | undefined {
  const [, cpu, kernel] = /^([\w]+)-(?:\w+-)?(linux|darwin)(?:-\w+)?$/.exec(text) ?? [];
  const system = `${cpu}-${kernel}`;
  return cpu !== undefined && isSystem(system) ? system : undefined;
}
