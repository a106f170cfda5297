import { layerHeader } from '../../../archive/docker-archive.js';
import { tarPadding } from '../../../archive/tar.js';
import type { Descriptor } from '../../../oci/descriptor.js';
import type { BlobDigest } from '../../../oci/digest.js';
import { isOciZstdLayer } from '../../../oci/media-types.js';
import type { Content, Frame } from '../../hashing/archive-hash.js';

/** How the archive frames a layer. */
export const LAYER_FRAME: Frame = {
  header: ({ digest, size }) => layerHeader(digest, size),
  footer: ({ size }) => tarPadding(size),
};

/** The layers that a docker-archive has so far. */
export interface WrittenLayers {
  /** The digests of the layers as the archive holds them, duplicates included. */
  readonly layers: readonly BlobDigest[];
  /** The layer files, each content once. */
  readonly members: readonly Content[];
}

export const NO_LAYERS: WrittenLayers = { layers: [], members: [] };

/** A layer whose stored form stands in the archive already is not read, even when it is compressed; zstd layers are. */
export function reusable({ members }: WrittenLayers, { digest, mediaType }: Descriptor): Content | undefined {
  return isOciZstdLayer(mediaType) ? undefined : members.find((member) => member.digest === digest);
}

/** The same with one more layer; content that the archive has already is listed, but not written again. */
export function extended({ layers, members }: WrittenLayers, content: Content): WrittenLayers {
  const isThere = members.some(({ digest }) => digest === content.digest);
  return { layers: [...layers, content.digest], members: isThere ? members : [...members, content] };
}

/** Bytes of the archive so far. */
export function sizeOf(members: readonly Content[]): number {
  const frame = (content: Content): number => LAYER_FRAME.header(content).length + LAYER_FRAME.footer(content).length;
  return members.reduce((sum, content) => sum + frame(content) + content.size, 0);
}
