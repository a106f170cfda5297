import { type Compression, compressionOf } from '../../../compression/decompress.js';
import { gzipSizeHint } from '../../../compression/gzip/gzip.js';
import type { Unpack } from '../../../compression/unpack.js';
import { zstdSizeHint } from '../../../compression/zstd/size-hint.js';
import { PullpinError } from '../../../errors.js';
import type { Descriptor } from '../../../oci/descriptor.js';
import { algorithmOf, type Digest } from '../../../oci/digest.js';
import { isOciZstdLayer } from '../../../oci/media-types.js';
import { verified } from '../../../oci/verified.js';
import type { BlobSource } from '../../download/bounded-source.js';
import { Spool } from '../../download/spool.js';
import type { Content, MemberData } from '../../hashing/archive-hash.js';
import { ImageRefusedError } from '../../image/refusals.js';

/** A layer cannot be read, or is not what the manifest says. */
export class LayerError extends PullpinError {
  constructor(
    readonly layer: Descriptor,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`layer ${layer.digest}: ${problem}`, options);
  }
}

/** A layer up to this size is read as a whole before it is hashed: its end gives its uncompressed size without another request. */
const SMALL = 1024 * 1024;
/** Enough to recognise a compression and to read a zstd frame's header. */
const HEAD = 32;

/** A layer of an image, and what it takes to read it. */
export interface LayerRequest {
  readonly source: BlobSource;
  readonly layer: Descriptor;
  /** The layer's bytes for the first reading. */
  readonly blob: AsyncIterable<Uint8Array>;
  /** Whether a compressed layer is to be decompressed; skopeo decides that by the media type. */
  readonly decompressing: boolean;
  readonly unpack: Unpack;
  /** What the config says of the decompressed layer. A hint: skopeo never looks at it. */
  readonly diffId: Digest | undefined;
  /** What an earlier run found the layer to hold. */
  readonly known?: Content | undefined;
  /** Where a layer of unknown size is kept for its second reading. */
  readonly temporaryFolder: string;
  /** The most that is kept there, in bytes. */
  readonly maxSpool?: number | undefined;
}

/**
 * Opens a layer as the data of an archive's member. Its size is known in advance from the manifest when it is not compressed, from the
 * last four bytes of a gzip blob, or from the header of a zstd frame; where there is no such hint, the blob is kept for a second reading.
 */
export async function openLayer(request: LayerRequest): Promise<OpenLayer> {
  const { layer, blob, known } = request;
  // Requested at the same time as the blob, so that it costs no extra time.
  const end = layer.size > SMALL && !known ? endOf(request) : undefined;
  const start = await peek(verified(blob, layer), layer.size > SMALL ? HEAD : SMALL + 1);
  const compression = request.decompressing ? compressionOf(start.head) : undefined;
  const hinted = compression
    ? expectedContent(request.diffId, await uncompressedSize(compression, start, end))
    : storedContent(layer);
  return new OpenLayer(request, start.all, compression !== undefined, known ?? hinted);
}

/** A layer whose compression is known; to be closed when it has been read. */
export class OpenLayer implements MemberData {
  private readonly spool: Spool;

  constructor(
    private readonly request: LayerRequest,
    private readonly blob: AsyncIterable<Uint8Array>,
    private readonly isCompressed: boolean,
    readonly expected: Content | undefined,
  ) {
    this.spool = new Spool(request.temporaryFolder, request.maxSpool);
  }

  read(): AsyncGenerator<Uint8Array, Content> {
    return this.content(this.expected ? this.blob : this.spool.keep(this.blob));
  }

  readAgain(): AsyncGenerator<Uint8Array, Content> {
    const { source, layer } = this.request;
    return this.content(this.expected ? verified(source.blob(layer), layer) : this.spool.replay());
  }

  close(): Promise<void> {
    return this.spool.close();
  }

  /** Yields the bytes that go into the archive, and returns what they are. */
  private async *content(blob: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, Content> {
    if (this.isCompressed) {
      const { sha256, size } = yield* this.request.unpack(blob);
      return { digest: `sha256:${sha256}`, size };
    }
    let size = 0;
    for await (const chunk of blob) {
      size += chunk.length;
      yield chunk;
    }
    this.refuseUnsized();
    // A layer that is stored as it was sent keeps its digest, which has been checked, with any algorithm.
    return { digest: this.request.layer.digest, size };
  }

  /** skopeo computes a sha256 digest of a layer whose size it does not know, and stops where the manifest has another one. */
  private refuseUnsized(): void {
    const { source, layer } = this.request;
    if (algorithmOf(layer.digest) === 'sha256' || !source.cameWithoutLength?.(layer.digest)) return;
    throw new ImageRefusedError(
      `layer ${layer.digest} came without a Content-Length; skopeo refuses that where a digest is not sha256`,
    );
  }
}

function storedContent({ digest, size }: Descriptor): Content | undefined {
  return size >= 0 ? { digest, size } : undefined;
}

function expectedContent(diffId: Digest | undefined, size: number | undefined): Content | undefined {
  return diffId && size !== undefined ? { digest: diffId, size } : undefined;
}

async function uncompressedSize(
  compression: Compression,
  start: Start,
  end: Promise<Uint8Array | undefined> | undefined,
): Promise<number | undefined> {
  if (compression === 'zstd') return zstdSizeHint(start.head);
  const last = start.isWhole ? start.head.subarray(-4) : await end;
  return last?.length === 4 ? gzipSizeHint(last) : undefined;
}

/** The last four bytes of the blob, if they are useful and can be read. A failure here is ignored: the download will fail in the same way. */
async function endOf({ source, layer, diffId }: LayerRequest): Promise<Uint8Array | undefined> {
  // A stargz layer is made of many gzip members, and its last four bytes give the size of the last one only.
  if (!diffId || isOciZstdLayer(layer.mediaType) || layer.annotations?.['containerd.io/snapshot/stargz/toc.digest'])
    return undefined;
  return source.blobEnd(layer, 4).catch(() => undefined);
}

interface Start {
  readonly head: Uint8Array;
  /** Nothing follows the head. */
  readonly isWhole: boolean;
  /** Everything, the head included. */
  readonly all: AsyncGenerator<Uint8Array>;
}

/** Reads at least `length` bytes, fewer only where there are no more. */
async function peek(blob: AsyncGenerator<Uint8Array>, length: number): Promise<Start> {
  const chunks: Uint8Array[] = [];
  let isWhole = false;
  for (let peeked = 0; peeked < length && !isWhole; ) {
    const next = await blob.next();
    if (next.done) isWhole = true;
    else {
      chunks.push(next.value);
      peeked += next.value.length;
    }
  }
  const head = Buffer.concat(chunks);
  async function* all(): AsyncGenerator<Uint8Array> {
    yield head;
    yield* blob;
  }
  return { head, isWhole, all: all() };
}
