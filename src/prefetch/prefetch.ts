import { type ArchiveName, DOCKER_ARCHIVE_LAYOUT } from '../archive/docker-archive.js';
import { NAR_LAYOUT } from '../archive/nar.js';
import { type Digest, isDigest } from '../oci/digest.js';
import type { ImageSource } from '../oci/image-source.js';
import type { ImageManifest } from '../oci/manifest.js';
import { fetchConfig } from './image.js';
import type { Memory } from './memory.js';
import type { OnProgress } from './read-ahead.js';

/** What Nix would fetch: the file of `dockerTools.pullImage`, or the folder of nix2container's `pullImage`. */
export type Target = { readonly type: 'docker-archive'; readonly name: ArchiveName } | { readonly type: 'nar' };

/** One image to be hashed. */
export interface PrefetchRequest {
  readonly source: ImageSource;
  readonly manifest: ImageManifest;
  /** Where a layer is kept that has to be read twice. */
  readonly temporaryFolder: string;
  readonly onProgress?: OnProgress;
  /** Where hashes are kept, so that no image is downloaded twice for the same one. */
  readonly memory?: Memory;
}

/** `sha256` is what Nix compares: of the file, or of the folder's NAR; `size` is in bytes of what was hashed. */
export interface Prefetched {
  readonly sha256: Digest;
  readonly size: number;
  /** The exact bytes of the image's config. */
  readonly config: Uint8Array;
}

/**
 * Hashes what Nix would fetch of an image, without writing it: downloads the image unless its hash is remembered. Throws a PullpinError.
 */
export async function prefetch(request: PrefetchRequest, target: Target): Promise<Prefetched> {
  const { memory, source, manifest } = request;
  const known = memory && rememberedHash(memory, manifest.stored, target);
  if (known) return { ...known, config: (await fetchConfig(source, manifest)).bytes };
  const prefetched = await download(request, target);
  const { sha256, size } = prefetched;
  memory?.set('hash', keyOf(manifest.stored, target), JSON.stringify({ sha256, size }));
  return prefetched;
}

/** What an earlier run found out of the image that a manifest describes. */
export function rememberedHash(
  memory: Memory,
  manifest: ManifestName,
  target: Target,
): Pick<Prefetched, 'sha256' | 'size'> | undefined {
  return parseHash(memory.get('hash', keyOf(manifest, target)));
}

async function download(request: PrefetchRequest, target: Target): Promise<Prefetched> {
  if (target.type === 'nar') return (await import('./nar.js')).prefetchNar(request);
  return (await import('./docker-archive.js')).prefetchDockerArchive(request, target.name);
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

function parseHash(entry: Uint8Array | undefined): { sha256: Digest; size: number } | undefined {
  if (!entry) return undefined;
  const { sha256, size } = JSON.parse(Buffer.from(entry).toString('utf8'));
  return isDigest(sha256) && Number.isSafeInteger(size) ? { sha256, size } : undefined;
}
