import { UsageError } from '../../errors.js';
import { DEFAULT_PLATFORM, type Platform, parsePlatform, platformOfSystem } from '../../oci/platform.js';
import { optionGroup } from './option.js';

/** Of the commands that choose in an index. Gives the platforms in the order of the options; none when none is named. */
export const PLATFORMS = optionGroup({
  title: 'Platform',
  options: {
    platform: {
      type: 'values',
      value: 'OS/ARCH[/VARIANT]',
      completion: 'platform',
      default: 'linux/amd64',
      help: 'What the image must run on, such as linux/arm64; repeatable',
    },
    system: {
      type: 'values',
      value: 'SYSTEM',
      completion: 'system',
      help: 'The same by its Nix name, such as aarch64-linux; repeatable',
    },
    os: { type: 'value', value: 'OS', help: 'The operating system' },
    arch: { type: 'value', value: 'ARCH', help: 'The architecture' },
  },
  parse({ platform, system, os, arch }): readonly Platform[] {
    const named = [...platform.map(parsePlatform), ...system.map(platformOfSystem)];
    if (os === undefined && arch === undefined) return named;
    if (named.length > 0) throw new UsageError('--os and --arch do not go together with --platform or --system');
    return [parsePlatform(`${os ?? DEFAULT_PLATFORM.os}/${arch ?? DEFAULT_PLATFORM.architecture}`)];
  },
});

/** The platform of a command that looks at one. Throws a UsageError. */
export function onePlatform([platform, ...others]: readonly Platform[], command: string): Platform | undefined {
  if (others.length > 0) throw new UsageError(`${command} looks at one platform: name one`);
  return platform;
}
