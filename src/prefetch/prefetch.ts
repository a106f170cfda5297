import { DOCKER_ARCHIVE_LAYOUT } from '../archive/docker-archive.js';
import { NAR_LAYOUT } from '../archive/nar.js';
import type { Cache } from '../cache/cache.js';
import { isSize } from '../oci/descriptor.js';
import { isDigest } from '../oci/digest.js';
import { withoutDamage } from '../oci/verified.js';
import { fetchConfig } from './image/config.js';
import type { Prefetched, PrefetchRequest, Target } from './targets/target.js';

/**
 * Hashes what Nix would fetch of an image, without writing it: downloads the image unless the cache has its hash. Throws a PullpinError.
 */
export async function prefetch(request: PrefetchRequest, target: Target): Promise<Prefetched> {
  const { cache, source, manifest } = request;
  const known = cache && cachedHash(cache, manifest.stored, target);
  if (known) return { ...known, config: (await fetchConfig(source, manifest)).bytes };
  const prefetched = await withoutDamage(source, () => download(request, target));
  const { sha256, size } = prefetched;
  cache?.set('hash', keyOf(manifest.stored, target), JSON.stringify({ sha256, size }));
  return prefetched;
}

/** What an earlier run found out of the image that a manifest describes. */
export function cachedHash(
  cache: Cache,
  manifest: ManifestName,
  target: Target,
): Pick<Prefetched, 'sha256' | 'size'> | undefined {
  const { sha256, size } = cache.getFields('hash', keyOf(manifest, target)) ?? {};
  return typeof sha256 === 'string' && isDigest(sha256) && isSize(size) ? { sha256, size } : undefined;
}

async function download(request: PrefetchRequest, target: Target): Promise<Prefetched> {
  if (target.type === 'nar') return (await import('./targets/nar.js')).prefetchNar(request);
  return (await import('./targets/docker-archive/docker-archive.js')).prefetchDockerArchive(request, target.name);
}

/** A manifest, without its content. */
interface ManifestName {
  readonly digest: string;
  readonly mediaType: string;
}

/** Everything that the hash depends on; the media type because it decides what the manifest is taken for. */
function keyOf({ digest, mediaType }: ManifestName, target: Target): string {
  const image = `${digest} ${mediaType}`;
  if (target.type === 'nar') return `nar ${NAR_LAYOUT} ${image}`;
  return `docker-archive ${DOCKER_ARCHIVE_LAYOUT} ${image} ${target.name.name}:${target.name.tag}`;
}
