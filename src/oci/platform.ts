import { PullpinError, printable, UsageError } from '../errors.js';
import { didYouMean, nearestWord } from '../suggestion.js';

/** What an image runs on, in Go's words: `linux`, `arm64`, `v8`. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

/** The platform that is meant where none is named. */
export const DEFAULT_PLATFORM: Platform = { os: 'linux', architecture: 'amd64' };

/** An index has no image for the platform that was asked for. */
export class PlatformError extends PullpinError {
  constructor(
    readonly wanted: Platform,
    readonly available: readonly Platform[],
  ) {
    const list = available.map(formatPlatform).join(', ') || 'none';
    super(`no image for ${formatPlatform(wanted)}; there are: ${printable(list, 600)}`);
  }
}

/** `linux/arm64`, `linux/arm/v7`. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant ? [variant] : [])].join('/');
}

/** Whether these are words such as an image may use, and nothing that could act on a terminal or in Nix code. */
export function isPlatform({ os, architecture, variant }: Platform): boolean {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].every((word) =>
    /^[A-Za-z0-9_.-]+$/.test(word),
  );
}

/**
 * Parses `os/arch[/variant]`, or an architecture alone, which is one of Linux. Throws a UsageError.
 *
 * @example
 * ```js
 * import { parsePlatform } from 'pullpin';
 *
 * const { os, architecture, variant } = parsePlatform('linux/arm64/v8');
 * console.log(os, architecture, variant); // linux arm64 v8
 * ```
 */
export function parsePlatform(text: string): Platform {
  const isArchitecture = ARCHITECTURES.includes(text) || GO_ARCHITECTURES.has(text);
  const [os = '', architecture = '', variant, ...rest] = (isArchitecture ? `linux/${text}` : text).split('/');
  const platform = { os, architecture, variant };
  if (rest.length > 0 || !isPlatform(platform)) {
    throw new UsageError(
      `'${printable(text)}' is not a platform${didYouMean(text, ARCHITECTURES) || ': write os/arch or os/arch/variant, such as linux/arm64'}`,
    );
  }
  const go = GO_ARCHITECTURES.get(architecture);
  if (go)
    throw new UsageError(
      `images call the architecture '${architecture}' ${go}: write ${go}, or ${os}/${go} for a platform`,
    );
  refuseMisspelled(platform, text);
  return platform;
}

/** A word that is not known may be right, because images can have any word; one that is almost a known word is a mistake. */
function refuseMisspelled({ os, architecture, variant }: Platform, text: string): void {
  const known = [nearOr(os, OPERATING_SYSTEMS), nearOr(architecture, ARCHITECTURES)];
  const meant = [...known, ...(variant ? [variant] : [])].join('/');
  if (known[0] !== os || known[1] !== architecture)
    throw new UsageError(`there is no platform '${printable(text)}'; did you mean ${meant}?`);
}

function nearOr(word: string, known: readonly string[]): string {
  return known.includes(word) ? word : (nearestWord(word, known) ?? word);
}

/** A platform as it is, or as it is written. Throws a UsageError. */
export function toPlatform(platform: Platform | string): Platform {
  return typeof platform === 'string' ? parsePlatform(platform) : platform;
}

/** The platform of a Nix system such as `aarch64-linux`, as nixpkgs' go.GOARCH has it. Throws a UsageError. */
export function platformOfSystem(system: string): Platform {
  const platform = Object.hasOwn(SYSTEMS, system) ? SYSTEMS[system] : undefined;
  if (platform) return platform;
  throw new UsageError(
    `no images exist for the system '${printable(system)}'${didYouMean(system, Object.keys(SYSTEMS)) || `; known are: ${Object.keys(SYSTEMS).join(', ')}`}`,
  );
}

/** The Nix systems that can run an image, with the platform that nixpkgs' pullImage takes on each by default. */
export const SYSTEMS: Readonly<Record<string, Platform>> = {
  'x86_64-linux': { os: 'linux', architecture: 'amd64' },
  'aarch64-linux': { os: 'linux', architecture: 'arm64' },
  'i686-linux': { os: 'linux', architecture: '386' },
  'armv5tel-linux': { os: 'linux', architecture: 'arm' },
  'armv6l-linux': { os: 'linux', architecture: 'arm' },
  'armv7l-linux': { os: 'linux', architecture: 'arm' },
  'loongarch64-linux': { os: 'linux', architecture: 'loong64' },
  'mips64el-linux': { os: 'linux', architecture: 'mips64le' },
  'powerpc64-linux': { os: 'linux', architecture: 'ppc64' },
  'powerpc64le-linux': { os: 'linux', architecture: 'ppc64le' },
  'riscv64-linux': { os: 'linux', architecture: 'riscv64' },
  's390x-linux': { os: 'linux', architecture: 's390x' },
  // Docker Desktop's images are Linux images; what a Mac builds with Nix pulls them for its own processor.
  'x86_64-darwin': { os: 'linux', architecture: 'amd64' },
  'aarch64-darwin': { os: 'linux', architecture: 'arm64' },
};

/** The Nix system that runs images of a platform; null where Nix has none. */
export function systemOfPlatform({ os, architecture, variant }: Platform): string | null {
  if (os !== 'linux') return null;
  if (architecture === 'arm') return ARM_SYSTEMS[variant ?? 'v7'] ?? null;
  const found = Object.entries(SYSTEMS).find(([, platform]) => platform.architecture === architecture);
  return found?.[0] ?? null;
}

const ARM_SYSTEMS: Readonly<Record<string, string>> = { v5: 'armv5tel-linux', v6: 'armv6l-linux', v7: 'armv7l-linux' };

const GO_ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['aarch64', 'arm64'],
  ['i686', '386'],
  ['armv7l', 'arm/v7'],
  ['armv6l', 'arm/v6'],
]);

/** The words for which there are images, of the list of Go (`go tool dist list`). */
const OPERATING_SYSTEMS: readonly string[] = ['linux', 'windows', 'darwin', 'freebsd', 'netbsd', 'openbsd', 'wasip1'];
const ARCHITECTURES: readonly string[] = [
  ...['amd64', 'arm64', 'arm', '386', 'ppc64le', 'ppc64', 's390x', 'riscv64', 'loong64'],
  ...['mips', 'mipsle', 'mips64', 'mips64le', 'sparc64', 'wasm'],
];
