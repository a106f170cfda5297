import { printable, UsageError } from '../../errors.js';
import {
  DEFAULT_PLATFORM,
  formatPlatform,
  type Platform,
  parsePlatform,
  platformOfSystem,
  SYSTEMS,
} from '../../oci/platform.js';
import { type IsTyped, optionGroup } from './option.js';

/** A requested platform, and its Nix system if the user named the system. */
export interface WantedPlatform extends Platform {
  readonly system?: string | undefined;
  /** Whether it was typed: then an image for another platform is refused, and not only reported. */
  readonly isTyped?: boolean | undefined;
}

/** The requested platforms, in the order of the options; empty when the user named none. */
export type WantedPlatforms = readonly WantedPlatform[] | 'all';

const WITHOUT_DEFAULT = {
  setting: 'anywhere',
  type: 'values',
  value: 'OS/ARCH[/VARIANT]',
  completion: 'platform',
} as const;

const PLATFORM = {
  ...WITHOUT_DEFAULT,
  default: 'linux/amd64',
  help: 'What the image must run on, such as linux/arm64, or several with commas between them; all: those of the image',
} as const;

const SYSTEM = {
  setting: 'anywhere',
  type: 'values',
  value: 'SYSTEM',
  completion: 'system',
  help: 'The same by its Nix name, such as aarch64-linux; repeatable, as --platform is',
} as const;

/** The options of a command that can take several platforms. */
export const PLATFORMS = optionGroup({
  title: 'Platform',
  options: {
    platform: PLATFORM,
    system: SYSTEM,
    os: { type: 'value', value: 'OS', help: 'The operating system' },
    arch: { type: 'value', value: 'ARCH', help: 'The architecture' },
  },
  parse(raw, isTyped): WantedPlatforms {
    const wanted = parsePlatforms(raw, isTyped);
    return wanted === 'all' ? wanted : wanted.map((each) => ({ ...each, isTyped: NAMES.some(isTyped) }));
  },
});

/** The options by which a platform is named. */
const NAMES = ['platform', 'system', 'os', 'arch'] as const;

/** The same for a command that looks at one platform. Several in a file or a variable are for `pullpin pin`, and say nothing here. */
export const ONE_PLATFORM = optionGroup({
  title: 'Platform',
  options: {
    ...PLATFORMS.options,
    platform: { ...PLATFORM, help: 'What the image must run on, such as linux/arm64' },
    system: { ...SYSTEM, help: 'The same by its Nix name, such as aarch64-linux' },
  },
  parse: (raw, isTyped): Platform | undefined => onePlatform(PLATFORMS.parse(raw, isTyped), NAMES.some(isTyped)),
});

/** The digest of a tag is that of its index, unless the user types a platform: one in pullpin.toml is for pins. */
export const DIGEST_PLATFORM = optionGroup({
  title: 'Platform',
  options: {
    ...PLATFORMS.options,
    platform: { ...WITHOUT_DEFAULT, help: 'Print the digest of the manifest for this platform' },
    system: { ...SYSTEM, help: 'The same by its Nix name, such as aarch64-linux' },
  },
  parse: (raw, isTyped): Platform | undefined =>
    NAMES.some(isTyped) ? onePlatform(PLATFORMS.parse(raw, isTyped), true) : undefined,
});

/** Throws a UsageError. */
function parsePlatforms(raw: RawPlatforms, isTyped: IsTyped): WantedPlatforms {
  const { platform, system, os, arch } = onlyTyped(raw, isTyped);
  const words = platform.flatMap((text) => text.split(',')).map((word) => word.trim());
  const named = unique([
    ...words.filter((word) => word !== 'all').map(namedPlatform),
    ...system
      .flatMap((text) => text.split(','))
      .map((name) => namedSystem(name.trim()))
      .map((name): WantedPlatform => ({ ...platformOfSystem(name), system: name })),
  ]);
  const isAll = words.includes('all');
  if (isAll && named.length > 0) throw new UsageError('--platform all has every platform, and goes with no other');
  if (os === undefined && arch === undefined) return isAll ? 'all' : named;
  if (isAll || named.length > 0) throw new UsageError('--os and --arch do not go together with --platform or --system');
  return [parsePlatform(`${os ?? DEFAULT_PLATFORM.os}/${arch ?? DEFAULT_PLATFORM.architecture}`)];
}

/** Reads a typed platform. Throws a UsageError, which suggests the right name for a name from elsewhere. */
function namedPlatform(word: string): Platform {
  if (Object.hasOwn(SYSTEMS, word)) throw new UsageError(`'${word}' is a Nix system: write --system ${word}`);
  const respelled = word.toLowerCase().replace(/^(linux|windows)[-_]/, '$1/');
  if (respelled !== word && isParsed(respelled))
    throw new UsageError(`'${printable(word, 100)}' is not a platform: write ${respelled}`);
  if (respelled === 'linux') throw new UsageError("'linux' is not a platform: write linux/amd64 or linux/arm64");
  const [, version] = /^armv([5-8])(?:h?[lf]|hf)?$/.exec(respelled) ?? [];
  if (version !== undefined)
    throw new UsageError(
      `'${printable(word, 100)}' is not a platform: write ${version === '8' ? 'linux/arm64' : `linux/arm/v${version}`}`,
    );
  return parsePlatform(word);
}

/** Reads a typed Nix system. Throws a UsageError, also for a platform such as `linux/arm64`. */
function namedSystem(name: string): string {
  if (name === 'all') throw new UsageError('--system names one system; for all platforms of an image: --platform all');
  if (!Object.hasOwn(SYSTEMS, name) && isPlatformWord(name))
    throw new UsageError(`'${printable(name, 100)}' is a platform, and not a Nix system: write --platform ${name}`);
  return name;
}

/** Words that only platforms have. */
const KNOWN = /^(?:amd64|arm64|arm|s390x|riscv64|ppc64le)$|^[a-z0-9]+\/[a-z0-9]+/;

/** Whether a word is a platform, such as `arm64` or `linux/arm/v7`, and hardly an image. */
export function isPlatformWord(word: string): boolean {
  return KNOWN.test(word) && isParsed(word);
}

function isParsed(text: string): boolean {
  try {
    parsePlatform(text);
    return true;
  } catch {
    return false;
  }
}

/** Removes platforms that are requested twice. */
function unique(platforms: readonly WantedPlatform[]): readonly WantedPlatform[] {
  return [...new Map(platforms.map((each) => [`${formatPlatform(each)} ${each.system}`, each])).values()];
}

type RawPlatforms = {
  readonly platform: readonly string[];
  readonly system: readonly string[];
  readonly os: string | undefined;
  readonly arch: string | undefined;
};

/** A typed platform replaces all platforms from the environment and the configuration. */
function onlyTyped(raw: RawPlatforms, isTyped: IsTyped): RawPlatforms {
  if (!['platform', 'system', 'os', 'arch'].some(isTyped)) return raw;
  return {
    ...raw,
    platform: isTyped('platform') ? raw.platform : [],
    system: isTyped('system') ? raw.system : [],
  };
}

/** The platform for a command that takes only one. Throws a UsageError for several that were typed. */
function onePlatform(platforms: WantedPlatforms, isTyped: boolean): Platform | undefined {
  const [platform, ...others] = platforms === 'all' ? [] : platforms;
  const isOne = platforms !== 'all' && others.length === 0;
  if (!isOne && isTyped)
    throw new UsageError('this command looks at one platform: write one, such as --platform linux/arm64');
  if (!isOne) return undefined;
  return platform && { os: platform.os, architecture: platform.architecture, variant: platform.variant };
}
