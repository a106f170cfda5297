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
}

/** The requested platforms, in the order of the options; empty when the user named none. */
export type WantedPlatforms = readonly WantedPlatform[] | 'all';

/** The options of commands that choose a platform from an index. */
export const PLATFORMS = optionGroup({
  title: 'Platform',
  options: {
    platform: {
      setting: 'anywhere',
      type: 'values',
      value: 'OS/ARCH[/VARIANT]',
      completion: 'platform',
      default: 'linux/amd64',
      help: 'What the image must run on, such as linux/arm64, or several with commas between them; all: those of the image',
    },
    system: {
      setting: 'anywhere',
      type: 'values',
      value: 'SYSTEM',
      completion: 'system',
      help: 'The same by its Nix name, such as aarch64-linux; repeatable, as --platform is',
    },
    os: { type: 'value', value: 'OS', help: 'The operating system' },
    arch: { type: 'value', value: 'ARCH', help: 'The architecture' },
  },
  parse(raw, isTyped): WantedPlatforms {
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
    if (isAll || named.length > 0)
      throw new UsageError('--os and --arch do not go together with --platform or --system');
    return [parsePlatform(`${os ?? DEFAULT_PLATFORM.os}/${arch ?? DEFAULT_PLATFORM.architecture}`)];
  },
});

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
  if (!Object.hasOwn(SYSTEMS, name) && isParsed(name) && name !== '386' && KNOWN.test(name))
    throw new UsageError(`'${printable(name, 100)}' is a platform, and not a Nix system: write --platform ${name}`);
  return name;
}

/** Words that only platforms have. */
const KNOWN = /^(?:amd64|arm64|arm|s390x|riscv64|ppc64le)$|^[a-z0-9]+\/[a-z0-9]+/;

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

/** The platform for a command that takes only one. Throws a UsageError. */
export function onePlatform(platforms: WantedPlatforms, command: string): Platform | undefined {
  const [platform, ...others] = platforms === 'all' ? [] : platforms;
  if (platforms === 'all' || others.length > 0)
    throw new UsageError(`${command} looks at one platform: write one, such as --platform linux/arm64`);
  return platform && { os: platform.os, architecture: platform.architecture, variant: platform.variant };
}
