import { PullpinError } from '../../errors.js';
import { type Digest, isDigest, parseDigest } from '../../oci/digest.js';
import type { ImageIndex } from '../../oci/manifest.js';
import { choosePlatform, type Platform } from '../../oci/platform.js';
import type { RepositoryLookups } from './images.js';

/** Which digest a bumped pin carries: of the same kind as before, what the tag resolves to, or the manifest of its platform. */
export type DigestPolicy = 'keep' | 'index' | 'platform';

/**
 * The digest that a pin should have now that its tag resolves to `latest`. One request suffices to see that nothing changed; a pin of one
 * platform's manifest costs a look into the index.
 */
export async function targetDigest(
  lookups: RepositoryLookups,
  latest: Digest,
  written: string,
  platform: Platform,
  policy: DigestPolicy,
): Promise<Digest> {
  if (policy === 'index' || (policy === 'keep' && (written === latest || !isDigest(written)))) return latest;
  const index = await lookups.manifest(latest);
  if (index.type === 'image') return latest;
  if (policy === 'platform') return entryDigest(index, platform);
  if (!isDigest(written)) return latest;
  if (index.entries.some(({ digest }) => digest === written)) return written;
  const old = await platformOfOldPin(lookups, written, platform);
  return old ? entryDigest(index, old) : latest;
}

function entryDigest(index: ImageIndex, platform: Platform): Digest {
  return parseDigest(choosePlatform(index, platform).digest);
}

/**
 * For a digest that is not of an index: the platform of its image. Undefined for an index, and for a digest that the registry no longer
 * has: most pins are of what the tag resolves to.
 */
async function platformOfOldPin(
  lookups: RepositoryLookups,
  written: Digest,
  fallback: Platform,
): Promise<Platform | undefined> {
  try {
    const old = await lookups.manifest(written);
    if (old.type === 'index') return undefined;
    const { platform } = await lookups.facts(old);
    return platform ?? fallback;
  } catch (error) {
    if (error instanceof PullpinError && error.kind === 'not-found') return undefined;
    throw error;
  }
}
