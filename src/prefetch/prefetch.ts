import { DOCKER_ARCHIVE_LAYOUT } from '../archive/archive-layout.js';
import { NAR_LAYOUT } from '../archive/nar.js';
import type { Cache } from '../cache/cache.js';
import { isSize } from '../oci/descriptor.js';
import { isDigest } from '../oci/digest.js';
import { withoutDamage } from '../oci/verified.js';
import type { BackendRequest } from './backends/with-backend.js';
import { boundedSource } from './download/bounded-source.js';
import { DEFAULT_MAX_SPOOL } from './download/spool.js';
import { fetchConfig } from './image/config.js';
import { checkShared, sharedHash, shareHash } from './shared-hash.js';
import type { Prefetched, PrefetchRequest, Target } from './targets/target.js';

/** Hashes what Nix would fetch of one image, for a target. Throws a PullpinError. */
export type Prefetch = (target: Target) => Promise<Prefetched>;

/**
 * Hashes what Nix would fetch of an image, without writing it unless a file is given, for as many targets as are asked for. The image is downloaded once for all
 * docker-archives, whatever name they have inside, and once for the NAR; not at all for a hash that is in the cache.
 */
export function createPrefetch(request: PrefetchRequest & { readonly by?: BackendRequest | undefined }): Prefetch {
  const { by } = request;
  if (!by) return createOwnPrefetch(request);
  // What is compared is computed, and not remembered.
  const own = createOwnPrefetch({ ...request, cache: undefined });
  return async (target) => {
    const { prefetchWithBackend } = await import('./backends/with-backend.js');
    return prefetchWithBackend(by, request, target, () => own(target));
  };
}

function createOwnPrefetch(request: PrefetchRequest): Prefetch {
  const { cache, source, manifest, archiveFile } = request;
  const download = createDownload(request);
  let isDownloaded = false;
  return async (target) => {
    const key = keyOf(manifest.stored, target);
    const known = cache && !archiveFile && cachedHash(cache, manifest.stored, target);
    if (known) return { ...known, config: (await fetchConfig(source, manifest)).bytes };
    // What is here already need not be asked for.
    const shared = isDownloaded ? undefined : await sharedHash(cache, key, manifest);
    if (shared && !archiveFile && !cache?.shared?.isSampled()) {
      remember(cache, key, shared);
      if (shared.config) cache?.set('content', manifest.config.digest, shared.config);
      return { ...shared, config: shared.config ?? (await fetchConfig(source, manifest)).bytes };
    }
    const prefetched = await download(target);
    isDownloaded = true;
    checkShared(cache, shared, manifest, prefetched);
    remember(cache, key, prefetched);
    if (!shared) await shareHash(cache, key, prefetched);
    return prefetched;
  };
}

function remember(cache: Cache | undefined, key: string, { sha256, size }: Pick<Prefetched, 'sha256' | 'size'>): void {
  cache?.set('hash', key, JSON.stringify({ sha256, size }));
}

/** Hashes what Nix would fetch of an image, for one target. Throws a PullpinError. */
export function prefetch(request: Parameters<typeof createPrefetch>[0], target: Target): Promise<Prefetched> {
  return createPrefetch(request)(target);
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

/** What is known of an image without a download: from an earlier run, or from another machine. */
export async function knownHash(
  { cache, manifest }: Pick<PrefetchRequest, 'cache' | 'manifest'>,
  target: Target,
): Promise<Pick<Prefetched, 'sha256' | 'size'> | undefined> {
  const own = cache && cachedHash(cache, manifest.stored, target);
  return own ?? sharedHash(cache, keyOf(manifest.stored, target), manifest);
}

function createDownload(request: PrefetchRequest): Prefetch {
  const undamaged = <Result>(act: () => Promise<Result>) => once(() => withoutDamage(request.source, act));
  const bounded = { ...request, source: boundedSource(request.source, request.maxSpool ?? DEFAULT_MAX_SPOOL) };
  const nar = undamaged(async () => (await import('./targets/nar.js')).prefetchNar(bounded));
  const archive = undamaged(async () =>
    (await import('./targets/docker-archive/docker-archive.js')).prefetchDockerArchive(bounded),
  );
  return async (target) => (target.type === 'nar' ? nar() : (await archive()).ended(target));
}

function once<Result>(act: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= act();
    return result;
  };
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
  const { name, layout = DOCKER_ARCHIVE_LAYOUT } = target;
  return `docker-archive ${layout} ${image} ${name.name}:${name.tag}`;
}
