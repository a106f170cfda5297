import type { Descriptor } from '../../oci/descriptor.js';
import type { BlobDigest } from '../../oci/digest.js';
import type { DamageReport } from '../../oci/image-source.js';
import { verified, withoutDamage } from '../../oci/verified.js';
import { type BlobSource, boundedSource } from './bounded-source.js';
import { DEFAULT_MAX_SPOOL, Spool, SpoolError } from './spool.js';

/** There may be as many shared layers as an image has, so that only small ones are kept in memory. */
const IN_MEMORY = 1024 * 1024;

/** Where shared blobs are kept. */
export interface SharingSettings {
  readonly temporaryFolder: string;
  /** The largest blob that is kept, in bytes; 8 GiB when omitted. */
  readonly maxSpool?: number | undefined;
}

/**
 * A source that downloads some blobs once, however many readers they have. Such a blob is downloaded as a whole before its first byte is
 * handed out: no reader then waits for another one, whichever order they read in. What cannot be kept is downloaded by each reader.
 */
export class SharedBlobs implements BlobSource {
  private readonly kept = new Map<BlobDigest, Promise<Spool | undefined>>();
  private readonly spools: Spool[] = [];
  private readonly bounded: BlobSource;
  private readonly maxSpool: number;
  private shared: ReadonlySet<BlobDigest> = new Set();

  constructor(
    private readonly source: BlobSource,
    private readonly settings: SharingSettings,
  ) {
    this.maxSpool = settings.maxSpool ?? DEFAULT_MAX_SPOOL;
    this.bounded = boundedSource(source, this.maxSpool);
  }

  /** Names the blobs that several readers will ask for. */
  share(digests: ReadonlySet<BlobDigest>): void {
    this.shared = digests;
  }

  async *blob(descriptor: Descriptor, turn?: 'ahead'): AsyncGenerator<Uint8Array> {
    const spool = this.shared.has(descriptor.digest) ? await this.keptBlob(descriptor) : undefined;
    yield* spool ? spool.replay() : this.source.blob(descriptor, turn);
  }

  blobEnd(descriptor: Descriptor, length: number): Promise<Uint8Array | undefined> {
    return this.source.blobEnd(descriptor, length);
  }

  reportDamage(digest: BlobDigest): DamageReport | undefined {
    return this.source.reportDamage?.(digest);
  }

  cameWithoutLength(digest: BlobDigest): boolean {
    return this.source.cameWithoutLength?.(digest) ?? false;
  }

  /** Drops what was kept. */
  async close(): Promise<void> {
    await Promise.all(this.spools.map((spool) => spool.close()));
  }

  private keptBlob(descriptor: Descriptor): Promise<Spool | undefined> {
    const kept = this.kept.get(descriptor.digest) ?? this.keep(descriptor);
    this.kept.set(descriptor.digest, kept);
    return kept;
  }

  private async keep(descriptor: Descriptor): Promise<Spool | undefined> {
    try {
      return await withoutDamage(this.source, () => this.download(descriptor));
    } catch (error) {
      if (error instanceof SpoolError) return undefined;
      throw error;
    }
  }

  private async download(descriptor: Descriptor): Promise<Spool> {
    const spool = new Spool(this.settings.temporaryFolder, this.maxSpool, IN_MEMORY);
    this.spools.push(spool);
    const reading = verified(spool.keep(this.bounded.blob(descriptor)), descriptor);
    while (!(await reading.next()).done);
    return spool;
  }
}
