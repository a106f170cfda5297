import type { Descriptor } from '../../src/oci/descriptor.js';
import type { ImageSource } from '../../src/oci/image-source.js';

/** A source whose blobs are counted while they are open. */
export interface WatchedSource extends ImageSource {
  /** The digests of the blobs that were opened, in order. */
  readonly opened: readonly string[];
  /** How many are open now. */
  readonly open: number;
  /** The most bytes, by what their descriptors say, that were open at one time. */
  readonly mostBytes: number;
}

/** Watches a source, and puts other answers in front of its own. */
export function watched(source: ImageSource, changes: Partial<ImageSource> = {}): WatchedSource {
  const opened: string[] = [];
  const counts = { open: 0, bytes: 0, most: 0 };
  const own: ImageSource = {
    tlsVerify: source.tlsVerify,
    resolve: (tag) => source.resolve(tag),
    manifest: (tagOrDigest) => source.manifest(tagOrDigest),
    blob: (descriptor) => source.blob(descriptor),
    blobEnd: (descriptor, length) => source.blobEnd(descriptor, length),
    ...changes,
  };
  async function* blob(descriptor: Descriptor): AsyncGenerator<Uint8Array> {
    opened.push(descriptor.digest);
    counts.open += 1;
    counts.bytes += descriptor.size;
    counts.most = Math.max(counts.most, counts.bytes);
    try {
      yield* own.blob(descriptor);
    } finally {
      counts.open -= 1;
      counts.bytes -= descriptor.size;
    }
  }
  return {
    ...own,
    blob,
    opened,
    get open() {
      return counts.open;
    },
    get mostBytes() {
      return counts.most;
    },
  };
}
