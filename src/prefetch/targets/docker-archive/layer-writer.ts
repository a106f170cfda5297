import { LayerFormatError } from '../../../compression/decompress.js';
import type { Unpack } from '../../../compression/unpack.js';
import type { Descriptor } from '../../../oci/descriptor.js';
import type { BlobDigest, Digest } from '../../../oci/digest.js';
import { isDecompressedLayer } from '../../../oci/media-types.js';
import type { ReadAhead } from '../../download/read-ahead.js';
import type { ArchiveHash, Content } from '../../hashing/archive-hash.js';
import type { PrefetchRequest } from '../target.js';
import type { ArchiveStart } from './archive-start.js';
import { LayerError, openLayer } from './layer.js';
import type { LayerCache } from './layer-cache.js';
import { extended, LAYER_FRAME, reusable, type WrittenLayers } from './written-layers.js';

/**
 * Writes the layers in the order of the manifest, each content once (containers/image, docker/internal/tarfile/dest.go, PutBlob and
 * TryReusingBlob; copy/single.go).
 */
export class LayerWriter {
  /** What a stored layer turned out to hold, so that one that is listed twice is read once. */
  private readonly contents = new Map<string, Content>();
  private readonly archive: ArchiveHash;
  private readonly known: LayerCache | undefined;
  private written: WrittenLayers;

  constructor(
    private readonly request: PrefetchRequest,
    private readonly blobs: ReadAhead,
    start: ArchiveStart,
    private readonly unpack: Unpack,
  ) {
    this.archive = start.archive;
    this.written = start.written;
    this.known = start.known;
  }

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
    const { source, temporaryFolder, maxSpool } = this.request;
    const { unpack } = this;
    const [blob, decompressing] = [this.blobs.read(layer), isDecompressedLayer(layer.mediaType)];
    const isKnown = this.known?.content(layer, decompressing) !== undefined;
    const known = this.known?.expected(layer, decompressing);
    const spool = { temporaryFolder, maxSpool };
    const open = await openLayer({ source, layer, blob, decompressing, unpack, diffId, known, ...spool });
    try {
      const isThere = ({ digest }: Content): boolean => this.written.members.some((member) => member.digest === digest);
      const content = await this.archive.append(open, LAYER_FRAME, isThere);
      this.contents.set(contentKey(layer), content);
      if (!isKnown) this.known?.learn(layer, decompressing, content);
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
  return `${layer.digest} ${isDecompressedLayer(layer.mediaType)}`;
}
