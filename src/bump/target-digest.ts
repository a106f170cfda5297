import { PullpinError } from '../errors.js';
import { chooseByOsAndArchitecture, choosePlatform } from '../oci/choose-platform.js';
import { type Digest, isDigest, parseDigest } from '../oci/digest.js';
import type { ImageIndex } from '../oci/manifest.js';
import { formatPlatform, type Platform } from '../oci/platform.js';
import type { RepositoryLookups } from '../pin/look-ups.js';
import { SiteError } from './site-error.js';

/** Which digest a bumped pin carries: of the same kind as before, what the tag resolves to, or the manifest of its platform. */
export type DigestPolicy = 'keep' | 'index' | 'platform';

/** The platform that a pin is for. `isAssumed` when neither the pin nor its hash tells. */
export interface PinPlatform {
  readonly platform: Platform;
  readonly isAssumed: boolean;
}

/** What a pin should carry. `isChosen` when the digest itself depends on the platform. */
export interface TargetDigest extends PinPlatform {
  readonly digest: Digest;
  readonly isChosen: boolean;
}

/**
 * The digest that a pin should have now that its tag resolves to `latest`. One request suffices to see that nothing changed; a pin of one
 * platform's manifest costs a look into the index. Throws a PullpinError.
 *
 * @param platformOfPin what the pin is for when it goes through an index
 */
export async function targetDigest(
  lookups: RepositoryLookups,
  latest: Digest,
  written: string,
  platformOfPin: () => Promise<PinPlatform>,
  policy: DigestPolicy,
): Promise<TargetDigest> {
  const whole = async () => ({ digest: latest, isChosen: false, ...(await platformOfPin()) });
  if (policy !== 'platform' && (written === latest || !isDigest(written))) return whole();
  const index = await lookups.manifest(latest);
  if (index.type === 'image') return whole();
  if (policy === 'platform') return chosen(index, await platformOfPin());
  if (!isDigest(written)) return whole();
  const isEntry = index.entries.some(({ digest }) => digest === written);
  if (policy === 'keep' && isEntry)
    return { digest: written, isChosen: true, platform: (await platformOfPin()).platform, isAssumed: false };
  const old = await platformOfOldPin(lookups, written, platformOfPin);
  if (!old) return whole();
  if (policy === 'keep') return chosen(index, { platform: old, isAssumed: false });
  if (!isReachable(index, old)) throw unreachable(old);
  // From here on the machine's platform decides, unless the pin says one.
  return { digest: latest, isChosen: false, platform: old, isAssumed: (await platformOfPin()).isAssumed };
}

function chosen(index: ImageIndex, pin: PinPlatform): TargetDigest {
  return { digest: parseDigest(choosePlatform(index, pin.platform).digest), isChosen: true, ...pin };
}

/**
 * For a digest that is not of an index: the platform of its image. Undefined for an index, and for a digest that the registry no longer
 * has: most pins are of what the tag resolves to.
 */
async function platformOfOldPin(
  lookups: RepositoryLookups,
  written: Digest,
  fallback: () => Promise<PinPlatform>,
): Promise<Platform | undefined> {
  try {
    const old = await lookups.manifest(written);
    if (old.type === 'index') return undefined;
    const { platform } = await lookups.facts(old);
    return platform ?? (await fallback()).platform;
  } catch (error) {
    if (error instanceof PullpinError && error.kind === 'not-found') return undefined;
    throw error;
  }
}

/** Whether pullImage, which knows os and architecture only, finds the same image through the index. */
function isReachable(index: ImageIndex, platform: Platform): boolean {
  return chooseByOsAndArchitecture(index, platform).digest === choosePlatform(index, platform).digest;
}

function unreachable(platform: Platform): SiteError {
  return new SiteError(
    'variant',
    `it is for ${formatPlatform(platform)}, which pullImage cannot choose from an index: leave --digest index away`,
  );
}
