import { type ArchiveTail, archiveTail } from '../../../archive/docker-archive.js';
import type { DecompressionThread } from '../../../compression/thread/decompression-thread.js';
import { unpack } from '../../../compression/unpack.js';
import { PullpinError } from '../../../errors.js';
import { availableCores } from '../../../machine/machine.js';
import type { Descriptor } from '../../../oci/descriptor.js';
import type { BlobDigest } from '../../../oci/digest.js';
import type { ImageManifest } from '../../../oci/manifest.js';
import { isDecompressedLayer, isOciZstdLayer } from '../../../oci/media-types.js';
import { ReadAhead } from '../../download/read-ahead.js';
import { diffIdsOf, fetchConfig } from '../../image/config.js';
import { checkArchivable, ImageRefusedError } from '../../image/refusals.js';
import type { Prefetched, PrefetchRequest } from '../target.js';
import { startArchive } from './archive-start.js';
import { LayerWriter } from './layer-writer.js';

/** A docker-archive that is hashed except for its end, which holds the image's name and tag. */
export interface HashedArchive {
  /** The archive with this name and tag in it, in this layout. Throws an ImageRefusedError for a config that is not one of a container image. */
  ended(by: Pick<ArchiveTail, 'name' | 'layout'>): Prefetched;
}

/**
 * Hashes the docker-archive that `skopeo copy docker://NAME@DIGEST docker-archive:FILE:NAME:TAG` writes, which is what
 * `dockerTools.pullImage` fetches. Nothing is written, except for a layer of unknown size and the file that was asked for. Throws a PullpinError for what skopeo
 * refuses and for what cannot be downloaded.
 */
export async function prefetchDockerArchive(request: PrefetchRequest): Promise<HashedArchive> {
  const { source, manifest, archiveFile } = request;
  checkArchivable(manifest);
  const start = await startArchive(request);
  const { archive, written } = start;
  const missing = distinctLayers(manifest.layers.slice(written.layers.length));
  const blobs = new ReadAhead(source, missing, request.onProgress);
  let thread: DecompressionThread | undefined;
  try {
    thread = await startThread(missing);
    const [config] = await Promise.all([fetchConfig(source, manifest), start.known?.askOthers(missing)]);
    const writer = new LayerWriter(request, blobs, start, thread?.unpack ?? unpack);
    const layers = await writer.write(diffIdsOf(config, manifest.layers.length));
    checkWritten(manifest, layers);
    await start.known?.told();
    return {
      ended({ name, layout }) {
        const tail = tailOf({ config, layers, name, layout });
        // A name that was asked for before has its end there.
        archiveFile?.cutTo(archive.size);
        const ended = archive.endWith(tail);
        archiveFile?.append(tail);
        return { ...ended, config: config.bytes };
      },
    };
  } finally {
    blobs.closeAll();
    thread?.close();
  }
}

/** Layers that have fewer bytes than this in total are decompressed before a thread would have started. */
const WORTH_A_THREAD = 24 * 1024 * 1024;

async function startThread(layers: readonly Descriptor[]): Promise<DecompressionThread | undefined> {
  const size = layers
    .filter(({ mediaType }) => isDecompressedLayer(mediaType))
    .reduce((sum, layer) => sum + layer.size, 0);
  if (size < WORTH_A_THREAD) return undefined;
  const { openDecompressionThread } = await import('../../../compression/thread/decompression-thread.js');
  return openDecompressionThread(availableCores());
}

/** The first layer of each digest: what will be downloaded, in order. */
function distinctLayers(layers: readonly Descriptor[]): Descriptor[] {
  const first = new Map(layers.toReversed().map((layer) => [layer.digest, layer]));
  return layers.filter((layer) => first.get(layer.digest) === layer);
}

/** Checks that skopeo makes only after it has written the layers. */
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
