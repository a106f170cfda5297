import { oncePerKey } from '../concurrency/once-per-key.js';
import type { Descriptor } from '../oci/descriptor.js';
import { type BlobDigest, type Digest, isDigest } from '../oci/digest.js';
import type {
  DamageReport,
  ImageSource,
  ManifestOptions,
  OpenedImage,
  RateLimit,
  StoredManifest,
} from '../oci/image-source.js';
import { SharedBlobs, type SharingSettings } from '../prefetch/download/shared-blobs.js';

export type { SharingSettings };

/**
 * The source of an image of which several platforms are pinned: its tag is looked up once, so that all pins are of one index even when the
 * tag moves meanwhile, and a layer that several platforms have is downloaded once. `close` it when all are pinned.
 */
export class SharedImage implements ImageSource {
  private readonly manifests = new Map<string, Promise<StoredManifest>>();
  private readonly blobs: SharedBlobs;
  private readonly source: ImageSource;

  constructor(
    private readonly image: OpenedImage,
    settings: SharingSettings,
  ) {
    this.source = image.source;
    this.blobs = new SharedBlobs(image.source, settings);
  }

  /** The image as a place to pin from. */
  get opened(): OpenedImage {
    return { ...this.image, source: this };
  }

  get tlsVerify(): boolean {
    return this.source.tlsVerify;
  }

  get rateLimit(): RateLimit | undefined {
    return this.source.rateLimit;
  }

  /** What an earlier answer said of the tag holds for the whole run. A manifest that came by a tag does not show that its digest is served. */
  readonly resolve = oncePerKey(async (tag: string): Promise<Digest> => {
    const known = isDigest(tag) && !this.hasServed(tag) ? undefined : this.manifests.get(tag);
    return known ? (await known).digest : this.source.resolve(tag);
  });

  readonly isThere = oncePerKey(async (digest: Digest) => (await this.source.isThere?.(digest)) ?? false);

  mediaTypeOf(digest: Digest): string | undefined {
    return this.source.mediaTypeOf?.(digest);
  }

  hasServed(digest: Digest): boolean {
    return this.source.hasServed?.(digest) ?? false;
  }

  async manifest(tagOrDigest: string, options?: ManifestOptions): Promise<StoredManifest> {
    const known = this.manifests.get(tagOrDigest);
    if (known) return known;
    const fetched = this.source.manifest(tagOrDigest, options);
    this.manifests.set(tagOrDigest, fetched);
    const { digest } = await fetched;
    this.manifests.set(digest, fetched);
    return fetched;
  }

  blob(descriptor: Descriptor, turn?: 'ahead'): AsyncIterable<Uint8Array> {
    return this.blobs.blob(descriptor, turn);
  }

  blobEnd(descriptor: Descriptor, length: number): Promise<Uint8Array | undefined> {
    return this.blobs.blobEnd(descriptor, length);
  }

  async referrers(digest: Digest): Promise<readonly StoredManifest[] | undefined> {
    return this.source.referrers?.(digest);
  }

  reportDamage(digest: BlobDigest): DamageReport | undefined {
    return this.blobs.reportDamage(digest);
  }

  cameWithoutLength(digest: BlobDigest): boolean {
    return this.blobs.cameWithoutLength(digest);
  }

  /** Names the layers that several readers will ask for. */
  shareLayers(digests: ReadonlySet<BlobDigest>): void {
    this.blobs.share(digests);
  }

  close(): Promise<void> {
    return this.blobs.close();
  }
}
