import type { PinSite } from '../../nix/find/pin-site.js';
import type { ImageIndex } from '../../oci/manifest.js';
import { type Platform, SYSTEMS } from '../../oci/platform.js';
import { SiteError } from '../../recipe/site-error.js';
import type { TrackedPin } from '../site/tracked-pin.js';
import type { NewDigest } from './new-digest.js';

/**
 * The platform of the image for a pin's hash, among the platforms of the index. Undefined when the index has no fitting platform and the file names
 * none: then Nix cannot build the pin, and the hash stays. Throws a SiteError when one hash would have to fit several platforms.
 */
export async function hashPlatform(pin: TrackedPin, to: NewDigest): Promise<Platform | undefined> {
  const { site, lookUps, settings } = pin;
  const open = openPlatforms(site);
  if (site.hashes.length === 0 || open.length < 2) return to.platform;
  const manifest = await lookUps.manifest(to.digest);
  if (manifest.type === 'image') return to.platform;
  const there = open.filter((platform) => has(manifest, platform));
  const [first, ...others] = there;
  if (!site.sharedByArchitectures || others.length === 0) return first;
  const { platform: asked, isPlatformChosen } = settings;
  const chosen = isPlatformChosen && there.find(({ architecture }) => architecture === asked.architecture);
  if (chosen) return chosen;
  const names = there.map(({ os, architecture }) => `${os}/${architecture}`);
  const list = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  throw new SiteError(
    'shared-hash',
    `one hash cannot serve ${list}: give each its own, or choose the one that it is for with --system`,
  );
}

/**
 * The platforms that a pin may be built for where the file names none of them: those of a computed `arch`, or those of all systems that are left to
 * an `else`.
 */
function openPlatforms({ sharedByArchitectures, isPlatformDependent, systems, arch, os }: PinSite): Platform[] {
  if (sharedByArchitectures) {
    const name = os?.kind === 'text' ? os.text : 'linux';
    return sharedByArchitectures.map((architecture) => ({ os: name, architecture }));
  }
  if (!isPlatformDependent || arch) return [];
  const platforms = systems.flatMap((system) => SYSTEMS[system] ?? []);
  return [...new Map(platforms.map((platform) => [platform.architecture, platform])).values()];
}

function has({ entries }: ImageIndex, { os, architecture }: Platform): boolean {
  return entries.some(({ platform }) => platform?.os === os && platform.architecture === architecture);
}
