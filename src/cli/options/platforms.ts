import { UsageError } from '../../errors.js';
import {
  DEFAULT_PLATFORM,
  formatPlatform,
  type Platform,
  parsePlatform,
  platformOfSystem,
} from '../../oci/platform.js';
import { type IsTyped, optionGroup } from './option.js';

/** A platform that is asked for, and the Nix system, if it was named by that. */
export interface WantedPlatform extends Platform {
  readonly system?: string | undefined;
}

/** The platforms that are asked for, in the order of the options; none when none is named. */
export type WantedPlatforms = readonly WantedPlatform[] | 'all';

/** Of the commands that choose in an index. */
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
    const words = platform.flatMap((text) => text.split(','));
    const named = unique([
      ...words.filter((word) => word !== 'all').map(parsePlatform),
      ...system.map((name): WantedPlatform => ({ ...platformOfSystem(name), system: name })),
    ]);
    const isAll = words.includes('all');
    if (isAll && named.length > 0) throw new UsageError('--platform all has every platform, and goes with no other');
    if (os === undefined && arch === undefined) return isAll ? 'all' : named;
    if (isAll || named.length > 0)
      throw new UsageError('--os and --arch do not go together with --platform or --system');
    return [parsePlatform(`${os ?? DEFAULT_PLATFORM.os}/${arch ?? DEFAULT_PLATFORM.architecture}`)];
  },
});

/** What is asked for twice is asked for once. */
function unique(platforms: readonly WantedPlatform[]): readonly WantedPlatform[] {
  return [...new Map(platforms.map((each) => [`${formatPlatform(each)} ${each.system}`, each])).values()];
}

type RawPlatforms = {
  readonly platform: readonly string[];
  readonly system: readonly string[];
  readonly os: string | undefined;
  readonly arch: string | undefined;
};

/** Any platform that was typed replaces what the environment and the configuration say of platforms. */
function onlyTyped(raw: RawPlatforms, isTyped: IsTyped): RawPlatforms {
  if (!['platform', 'system', 'os', 'arch'].some(isTyped)) return raw;
  return {
    ...raw,
    platform: isTyped('platform') ? raw.platform : [],
    system: isTyped('system') ? raw.system : [],
  };
}

/** The platform of a command that looks at one. Throws a UsageError. */
export function onePlatform(platforms: WantedPlatforms, command: string): Platform | undefined {
  const [platform, ...others] = platforms === 'all' ? [] : platforms;
  if (platforms === 'all' || others.length > 0) throw new UsageError(`${command} looks at one platform: name one`);
  return platform && { os: platform.os, architecture: platform.architecture, variant: platform.variant };
}
