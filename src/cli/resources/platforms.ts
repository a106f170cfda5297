import { UsageError } from '../../errors.js';
import type { Platform } from '../../oci/platform.js';
import { DEFAULT_PLATFORM, parsePlatform, platformOfSystem } from '../../oci/platform.js';
import type { PlatformOptions } from '../options/options.js';

/** The platforms that the options name, in that order; none when none is named. Throws a UsageError. */
export async function platformsOf({ platform = [], system = [], os, arch }: PlatformOptions): Promise<Platform[]> {
  const named = [...platform.map(parsePlatform), ...system.map(platformOfSystem)];
  if (os === undefined && arch === undefined) return named;
  if (named.length > 0) throw new UsageError('--os and --arch do not go together with --platform or --system');
  return [parsePlatform(`${os ?? DEFAULT_PLATFORM.os}/${arch ?? DEFAULT_PLATFORM.architecture}`)];
}
