import { LayerFormatError } from '../archive/decompress.js';
import { type ArchiveName, type ArchiveTail, archiveTail, layerHeader } from '../archive/docker-archive.js';
import { tarPadding } from '../archive/tar.js';
import { PullpinError } from '../errors.js';
import type { Descriptor } from '../oci/descriptor.js';
import type { BlobDigest, Digest } from '../oci/digest.js';
import type { ImageManifest } from '../oci/manifest.js';
import { DOCKER_LAYERS, isOciZstdLayer, OCI_LAYERS } from '../oci/media-types.js';
import { ArchiveHash, type Content, type Frame } from './archive-hash.js';
import { checkArchivable, diffIdsOf, fetchConfig, ImageRefusedError } from './image.js';
import { LayerError, openLayer } from './layer.js';
import type { Prefetched, PrefetchRequest } from './prefetch.js';
import { ReadAhead } from './read-ahead.js';

/**
 * The hash of the docker-archive that `skopeo copy docker://NAME@DIGEST docker-archive:FILE:NAME:TAG` writes, which is what
 * `dockerTools.pullImage` fetches. Nothing is written but what a layer of unknown size needs. Throws a PullpinError for what skopeo
 * refuses and for what cannot be downloaded.
 */
export async function prefetchDockerArchive(request: PrefetchRequest, name: ArchiveName): Promise<Prefetched> {
  const { source, manifest } = request;
  checkArchivable(manifest);
  const blobs = new ReadAhead(source, distinctLayers(manifest), request.onProgress);
  try {
    const config = await fetchConfig(source, manifest);
    const archive = new ArchiveHash();
    const layers = await new LayerWriter(request, blobs, archive).write(diffIdsOf(config, manifest.layers.length));
    checkWritten(manifest, layers);
    archive.update(tailOf({ config, layers, name }));
    return { sha256: archive.digest(), size: archive.size, config: config.bytes };
  } finally {
    blobs.closeAll();
  }
}

/** How the archive frames a layer. */
const LAYER_FRAME: Frame = {
  header: ({ digest, size }) => layerHeader(digest, size),
  footer: ({ size }) => tarPadding(size),
};

/**
 * Writes the layers in the order of the manifest, each content once (containers/image, docker/internal/tarfile/dest.go, PutBlob and
 * TryReusingBlob; copy/single.go).
 */
class LayerWriter {
  private readonly written = new Set<BlobDigest>();
  /** What a stored layer turned out to hold, so that one that is listed twice is read once. */
  private readonly contents = new Map<string, BlobDigest>();

  constructor(
    private readonly request: PrefetchRequest,
    private readonly blobs: ReadAhead,
    private readonly archive: ArchiveHash,
  ) {}

  /** Returns the digests of the layers as the archive holds them, duplicates included. */
  async write(diffIds: readonly (Digest | undefined)[]): Promise<BlobDigest[]> {
    const layers: BlobDigest[] = [];
    for (const [index, layer] of this.request.manifest.layers.entries()) {
      layers.push(this.reuse(layer) ?? (await this.append(layer, diffIds[index])));
    }
    return layers;
  }

  /** A layer whose stored form stands in the archive already is not read, even when it is compressed; zstd layers are. */
  private reuse(layer: Descriptor): BlobDigest | undefined {
    const isReused = this.written.has(layer.digest) && !isOciZstdLayer(layer.mediaType);
    const reused = isReused ? layer.digest : this.contents.get(contentKey(layer));
    if (reused) this.blobs.skip(layer);
    return reused;
  }

  private async append(layer: Descriptor, diffId: Digest | undefined): Promise<BlobDigest> {
    const { source, temporaryFolder } = this.request;
    const blob = this.blobs.read(layer);
    const open = await openLayer({
      source,
      layer,
      blob,
      decompressing: isDecompressed(layer),
      diffId,
      temporaryFolder,
    });
    try {
      const isKnown = ({ digest }: Content): boolean => this.written.has(digest);
      const { digest } = await this.archive.append(open, LAYER_FRAME, isKnown);
      this.written.add(digest);
      this.contents.set(contentKey(layer), digest);
      return digest;
    } catch (cause) {
      throw cause instanceof LayerFormatError ? new LayerError(layer, cause.message, { cause }) : cause;
    } finally {
      await open.close();
    }
  }
}

function contentKey(layer: Descriptor): string {
  return `${layer.digest} ${isDecompressed(layer)}`;
}

/** skopeo decompresses by the media type; a layer of another type that a Docker manifest may have is stored as it was sent. */
function isDecompressed({ mediaType }: Descriptor): boolean {
  return OCI_LAYERS.has(mediaType) || DOCKER_LAYERS.has(mediaType);
}

/** The first layer of each digest: what will be downloaded, in order. */
function distinctLayers({ layers }: ImageManifest): Descriptor[] {
  const first = new Map(layers.toReversed().map((layer) => [layer.digest, layer]));
  return layers.filter((layer) => first.get(layer.digest) === layer);
}

/** What skopeo finds fault with only when the layers have been written. */
function checkWritten({ config, layers: stored }: ImageManifest, written: readonly BlobDigest[]): void {
  if (written.includes(config.digest)) {
    throw new ImageRefusedError(`the config ${config.digest} is also a layer, and skopeo refuses to write both`);
  }
  const isUnchanged = written.every((digest, index) => digest === stored[index]?.digest);
  const zstd = stored.find(({ mediaType }) => isOciZstdLayer(mediaType));
  if (zstd && isUnchanged) {
    throw new ImageRefusedError(`layer ${zstd.digest} is called zstd but is not compressed, which skopeo refuses`);
  }
}

function tailOf(tail: ArchiveTail): Uint8Array {
  try {
    return archiveTail(tail);
  } catch (cause) {
    if (!(cause instanceof PullpinError)) throw cause;
    throw new ImageRefusedError(`the config ${tail.config.digest} is not one of a container image: ${cause.message}`, {
      cause,
    });
  }
}
