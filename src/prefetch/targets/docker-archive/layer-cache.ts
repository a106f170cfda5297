import type { Cache } from '../../../cache/cache.js';
import { type Descriptor, isSize } from '../../../oci/descriptor.js';
import { isBlobDigest } from '../../../oci/digest.js';
import type { Content } from '../../hashing/archive-hash.js';

/**
 * What earlier runs found out of layers: what each of them holds, and the state of an archive's hash after some of them. The layers are
 * the beginning of the archive, whatever the image is called, so an image under a new name, or one on a known base, can start from there.
 */
export class LayerCache {
  constructor(
    private readonly cache: Cache,
    private readonly layout: string,
  ) {}

  /** What a stored layer holds. @param isDecompressed whether a compressed one is decompressed for the archive */
  content(layer: Descriptor, isDecompressed: boolean): Content | undefined {
    const { digest, size } = this.cache.getFields('layer', layerKey(layer, isDecompressed)) ?? {};
    return typeof digest === 'string' && isBlobDigest(digest) && isSize(size) ? { digest, size } : undefined;
  }

  learn(layer: Descriptor, isDecompressed: boolean, { digest, size }: Content): void {
    this.cache.set('layer', layerKey(layer, isDecompressed), JSON.stringify({ digest, size }));
  }

  /** The state of the hash after an archive's first members. */
  state(members: readonly Content[]): Uint8Array | undefined {
    return members.length > 0 ? this.cache.get('prefix', this.prefixKey(members)) : undefined;
  }

  keepState(members: readonly Content[], state: Uint8Array): void {
    this.cache.set('prefix', this.prefixKey(members), state);
  }

  private prefixKey(members: readonly Content[]): string {
    return [this.layout, ...members.map(({ digest, size }) => `${digest} ${size}`)].join('\n');
  }
}

function layerKey({ digest }: Descriptor, isDecompressed: boolean): string {
  return `${digest} ${isDecompressed ? 'decompressed' : 'as stored'}`;
}
