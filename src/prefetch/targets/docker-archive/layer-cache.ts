import type { Cache } from '../../../cache/cache.js';
import { type Descriptor, isSize } from '../../../oci/descriptor.js';
import { isBlobDigest } from '../../../oci/digest.js';
import { isDecompressedLayer } from '../../../oci/media-types.js';
import type { Content } from '../../hashing/archive-hash.js';

/**
 * What earlier runs found out of layers: what each of them holds, and the state of an archive's hash after some of them. The layers are
 * the beginning of the archive, whatever the image is called, so an image under a new name, or one on a known base, can start from there.
 */
export class LayerCache {
  /** What other machines say. Only a hint of what a layer will turn out to hold: nothing is hashed, or resumed, because of it. */
  private readonly hints = new Map<string, Content>();
  private readonly telling: Promise<void>[] = [];

  constructor(
    private readonly cache: Cache,
    private readonly layout: string,
  ) {}

  /** Asks other machines, all at once, for what layers hold that this one does not know. Small ones tell it themselves, at their end. */
  async askOthers(layers: readonly Descriptor[]): Promise<void> {
    const { shared } = this.cache;
    if (!shared) return;
    const unknown = layers.filter(
      (layer) => isWorthSharing(layer) && !this.content(layer, isDecompressedLayer(layer.mediaType)),
    );
    await Promise.all(
      unknown.map(async (layer) => {
        const key = layerKey(layer, isDecompressedLayer(layer.mediaType));
        const content = contentIn(await shared.get('layer', key));
        if (content) this.hints.set(key, content);
      }),
    );
  }

  /** What a layer is expected to hold; it may turn out to be something else. */
  expected(layer: Descriptor, isDecompressed: boolean): Content | undefined {
    return this.content(layer, isDecompressed) ?? this.hints.get(layerKey(layer, isDecompressed));
  }

  /** What a stored layer holds. @param isDecompressed whether a compressed one is decompressed for the archive */
  content(layer: Descriptor, isDecompressed: boolean): Content | undefined {
    return contentIn(this.cache.getFields('layer', layerKey(layer, isDecompressed)));
  }

  /** Keeps what a layer holds, and tells other machines that said nothing, or something else. */
  learn(layer: Descriptor, isDecompressed: boolean, { digest, size }: Content): void {
    const key = layerKey(layer, isDecompressed);
    this.cache.set('layer', key, JSON.stringify({ digest, size }));
    const [{ shared }, hint] = [this.cache, this.hints.get(key)];
    if (!shared?.isWritten || !isWorthSharing(layer) || (hint?.digest === digest && hint.size === size)) return;
    const telling = shared.set('layer', key, { digest, size });
    // A run that is ended may fail elsewhere first, and wait for nothing.
    telling.catch(() => undefined);
    this.telling.push(telling);
  }

  /** Waits until other machines were told. Never throws, except for the reason of a run that is ended. */
  async told(): Promise<void> {
    await Promise.all(this.telling);
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

/** Smaller layers, in bytes, are read as a whole before they are hashed. */
const WORTH_SHARING = 1024 * 1024;

function isWorthSharing({ size }: Descriptor): boolean {
  return size > WORTH_SHARING || size < 0;
}

function contentIn({ digest, size }: Readonly<Record<string, unknown>> = {}): Content | undefined {
  return typeof digest === 'string' && isBlobDigest(digest) && isSize(size) ? { digest, size } : undefined;
}

function layerKey({ digest }: Descriptor, isDecompressed: boolean): string {
  return `${digest} ${isDecompressed ? 'decompressed' : 'as stored'}`;
}
