import { LayerFormatError } from '../archive/decompress.js';
import {
  type ArchiveName,
  type ArchiveTail,
  archiveTail,
  DOCKER_ARCHIVE_LAYOUT,
  layerHeader,
} from '../archive/docker-archive.js';
import { tarPadding } from '../archive/tar.js';
import { PullpinError } from '../errors.js';
import type { Descriptor } from '../oci/descriptor.js';
import type { BlobDigest, Digest } from '../oci/digest.js';
import type { ImageManifest } from '../oci/manifest.js';
import { DOCKER_LAYERS, isOciZstdLayer, OCI_LAYERS } from '../oci/media-types.js';
import { ArchiveHash, type Content, type Frame } from './archive-hash.js';
import { checkArchivable, diffIdsOf, fetchConfig, ImageRefusedError } from './image.js';
import { KnownLayers } from './known-layers.js';
import { LayerError, openLayer } from './layer.js';
import type { Memory } from './memory.js';
import type { Prefetched, PrefetchRequest } from './prefetch.js';
import { ReadAhead } from './read-ahead.js';
import { NativeHash, type RunningHash } from './running-hash.js';

/**
 * The hash of the docker-archive that `skopeo copy docker://NAME@DIGEST docker-archive:FILE:NAME:TAG` writes, which is what
 * `dockerTools.pullImage` fetches. Nothing is written but what a layer of unknown size needs. Throws a PullpinError for what skopeo
 * refuses and for what cannot be downloaded.
 */
export async function prefetchDockerArchive(request: PrefetchRequest, name: ArchiveName): Promise<Prefetched> {
  const { source, manifest, memory } = request;
  checkArchivable(manifest);
  const known = memory && new KnownLayers(memory, DOCKER_ARCHIVE_LAYOUT);
  const start = known && (await resume(manifest, known));
  const { done = NOTHING, archive = new ArchiveHash(await firstHash(manifest, memory)) } = start ?? {};
  const blobs = new ReadAhead(source, distinctLayers(manifest.layers.slice(done.layers.length)), request.onProgress);
  try {
    const config = await fetchConfig(source, manifest);
    const writer = new LayerWriter(request, blobs, archive, done, known);
    const layers = await writer.write(diffIdsOf(config, manifest.layers.length));
    checkWritten(manifest, layers);
    archive.update(tailOf({ config, layers, name }));
    return { sha256: archive.digest(), size: archive.size, config: config.bytes };
  } finally {
    blobs.closeAll();
  }
}

/** How far an archive has come. */
interface Written {
  /** The digests of the layers as the archive holds them, duplicates included. */
  readonly layers: readonly BlobDigest[];
  /** The layer files, each content once. */
  readonly members: readonly Content[];
}

const NOTHING: Written = { layers: [], members: [] };

/** Images whose download is smaller than this, in bytes, are not worth a second hash. */
const WORTH_KEEPING = 16 * 1024 * 1024;

async function firstHash({ layers }: ImageManifest, memory: Memory | undefined): Promise<RunningHash> {
  const size = layers.reduce((sum, layer) => sum + layer.size, 0);
  if (!memory || size < WORTH_KEEPING) return new NativeHash();
  const { RecordingHash } = await import('./saved-hash.js');
  return RecordingHash.create(() => performance.now(), memory.isThorough);
}

/** Goes on where an earlier run had the most of the same layers hashed; undefined where there is no such run. */
async function resume({ layers }: ImageManifest, known: KnownLayers) {
  const ways: Written[] = [];
  let way = NOTHING;
  for (const layer of layers) {
    const content = reusable(way, layer) ?? known.content(layer, isDecompressed(layer));
    if (!content) break;
    way = extended(way, content);
    ways.push(way);
  }
  for (const done of ways.reverse()) {
    const state = known.state(done.members);
    const hash = state && (await (await import('./saved-hash.js')).resumeHash(state));
    if (hash) return { done, archive: new ArchiveHash(hash, sizeOf(done.members)) };
  }
  return undefined;
}

/** A layer whose stored form stands in the archive already is not read, even when it is compressed; zstd layers are. */
function reusable({ members }: Written, { digest, mediaType }: Descriptor): Content | undefined {
  return isOciZstdLayer(mediaType) ? undefined : members.find((member) => member.digest === digest);
}

function extended({ layers, members }: Written, content: Content): Written {
  const isThere = members.some(({ digest }) => digest === content.digest);
  return { layers: [...layers, content.digest], members: isThere ? members : [...members, content] };
}

function sizeOf(members: readonly Content[]): number {
  const frame = (content: Content): number => LAYER_FRAME.header(content).length + LAYER_FRAME.footer(content).length;
  return members.reduce((sum, content) => sum + frame(content) + content.size, 0);
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
  /** What a stored layer turned out to hold, so that one that is listed twice is read once. */
  private readonly contents = new Map<string, Content>();

  constructor(
    private readonly request: PrefetchRequest,
    private readonly blobs: ReadAhead,
    private readonly archive: ArchiveHash,
    private written: Written,
    private readonly known: KnownLayers | undefined,
  ) {}

  /** Writes the layers that are missing; returns the digests of all of them as the archive holds them, duplicates included. */
  async write(diffIds: readonly (Digest | undefined)[]): Promise<readonly BlobDigest[]> {
    const { layers } = this.request.manifest;
    for (const [index, layer] of layers.entries()) {
      if (index < this.written.layers.length) continue;
      const content = this.reuse(layer) ?? (await this.append(layer, diffIds[index]));
      this.written = extended(this.written, content);
      this.keepState();
    }
    return this.written.layers;
  }

  private reuse(layer: Descriptor): Content | undefined {
    const content = reusable(this.written, layer) ?? this.contents.get(contentKey(layer));
    if (content) this.blobs.skip(layer);
    return content;
  }

  private async append(layer: Descriptor, diffId: Digest | undefined): Promise<Content> {
    const { source, temporaryFolder } = this.request;
    const [blob, decompressing] = [this.blobs.read(layer), isDecompressed(layer)];
    const known = this.known?.content(layer, decompressing);
    const open = await openLayer({ source, layer, blob, decompressing, diffId, known, temporaryFolder });
    try {
      const isThere = ({ digest }: Content): boolean => this.written.members.some((member) => member.digest === digest);
      const content = await this.archive.append(open, LAYER_FRAME, isThere);
      this.contents.set(contentKey(layer), content);
      if (!known) this.known?.learn(layer, decompressing, content);
      return content;
    } catch (cause) {
      throw cause instanceof LayerFormatError ? new LayerError(layer, cause.message, { cause }) : cause;
    } finally {
      await open.close();
    }
  }

  private keepState(): void {
    const state = this.known && this.archive.save();
    if (state) this.known?.keepState(this.written.members, state);
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
function distinctLayers(layers: readonly Descriptor[]): Descriptor[] {
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
