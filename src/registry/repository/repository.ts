import { oncePerKey } from '../../concurrency/once-per-key.js';
import type { Descriptor } from '../../oci/descriptor.js';
import { type BlobDigest, type Digest, isDigest } from '../../oci/digest.js';
import { apiHost } from '../../oci/docker-hub.js';
import type { DamageReport, RateLimit, StoredManifest, TaggedSource } from '../../oci/image-source.js';
import type { RepositoryName } from '../../oci/reference.js';
import { ConnectionError } from '../http/connection-error.js';
import { RegistryError } from '../http/errors.js';
import type { RegistryEvent } from '../http/events.js';
import type { HttpRequest } from '../http/http.js';
import type { TimeLimits } from '../http/limits.js';
import type { Asked } from '../http/refusal.js';
import type { Retry } from '../http/retry.js';
import type { AskedBy } from '../mirrors/endpoint.js';
import { type BlobPlace, fromRegistry, webAddresses } from './blob-place.js';
import { checkBlob } from './check-blob.js';
import type { EndpointReader } from './endpoint-reader.js';
import { readBlob, readBlobEnd } from './read-blob.js';
import { readerWith, readManifest, resolveDigest } from './read-manifest.js';
import { readReferrers } from './read-referrers.js';
import { readTags } from './read-tags.js';
import { askedByDigest, askedManifest, shownNameOf } from './subject.js';

/** One repository of a registry, and what its requests go through. */
export interface RepositoryOptions {
  readonly name: RepositoryName;
  /** The places to read from, best first. */
  readonly readers: (by: AskedBy) => readonly EndpointReader[];
  readonly retry: Retry;
  readonly limits: TimeLimits;
  readonly signal: AbortSignal | undefined;
  readonly log: ((event: RegistryEvent) => void) | undefined;
}

/** A repository in a registry, read from there or from its mirrors. */
export class EndpointRepository implements TaggedSource {
  private readonly used = new Set<EndpointReader>();
  private readonly unreachable = new Set<EndpointReader>();
  /** The hosts that were asked for each blob, with their readers if they serve the repository. */
  private readonly sendersOf = oncePerKey((_digest: BlobDigest) => new Map<string, EndpointReader | undefined>());
  /** Mirrors and blobs. */
  private readonly damaged = new Set<string>();
  /** Of the digests that were resolved. */
  private readonly mediaTypes = new Map<Digest, string>();
  private readonly served = new Set<Digest>();
  /** Blobs of which a server did not say how long they are. */
  private readonly withoutLength = new Set<BlobDigest>();
  private readonly shownName: string;

  constructor(private readonly options: RepositoryOptions) {
    this.shownName = shownNameOf(options.name);
  }

  async resolve(tagOrDigest: string): Promise<Digest> {
    const found = await this.askFirst(tagOrDigest, (reader, asked) => resolveDigest(reader, tagOrDigest, asked));
    this.mediaTypes.set(found.digest, found.mediaType);
    return found.digest;
  }

  async isThere(digest: Digest): Promise<boolean> {
    const reader = await readerWith(this.candidates('digest'), digest);
    if (reader) this.used.add(reader);
    return reader !== undefined;
  }

  readonly mediaTypeOf = (digest: Digest): string | undefined => this.mediaTypes.get(digest);

  readonly hasServed = (digest: Digest): boolean => this.served.has(digest);

  async manifest(tagOrDigest: string): Promise<StoredManifest> {
    const manifest = await this.askFirst(tagOrDigest, (reader, asked) => readManifest(reader, tagOrDigest, asked));
    if (manifest.digest === tagOrDigest) this.served.add(manifest.digest);
    return manifest;
  }

  blob(descriptor: Descriptor, turn?: 'ahead'): AsyncIterable<Uint8Array> {
    return readBlob(this.placesOf(descriptor, turn === 'ahead'), descriptor, {
      asked: askedByDigest(this.shownName, descriptor.digest, 'blob'),
      retry: this.options.retry,
      learnLength: (isKnown) => {
        if (isKnown) this.withoutLength.delete(descriptor.digest);
        else this.withoutLength.add(descriptor.digest);
      },
      passOver: (place, error, next) => {
        this.warn(`${place.url.host} was skipped: ${error.message}`);
        if (place.isNamedByManifest && !next.isNamedByManifest) this.warn(fromRegistry(descriptor, next));
      },
    });
  }

  checkBlob(blob: Descriptor): Promise<void> {
    const warn = (host: string, error: RegistryError) => this.warn(`${host} was skipped: ${error.message}`);
    return checkBlob(this.placesOf(blob, false), blob, this.shownName, warn);
  }

  reportDamage(digest: BlobDigest): DamageReport {
    const senders = this.sendersOf(digest);
    const hosts = [...senders.keys()];
    const mirrors = [...senders.values()].filter((reader) => reader?.isMirror);
    for (const mirror of mirrors) if (mirror) this.damaged.add(`${mirror.host} ${digest}`);
    if (mirrors.length > 0)
      this.warn(`blob ${digest} is damaged as ${hosts.join(' and ')} sent it; it is read again elsewhere`);
    senders.clear();
    return { hosts, hasOtherPlace: mirrors.length > 0 };
  }

  readonly cameWithoutLength = (digest: BlobDigest): boolean => this.withoutLength.has(digest);

  async blobEnd(descriptor: Descriptor, length: number): Promise<Uint8Array | undefined> {
    const [reader] = this.candidates('digest');
    if (!reader || webAddresses(descriptor).length > 0) return undefined;
    // This may run during a download that holds the last place at the gate.
    return readBlobEnd(reader, descriptor, length, this.options.limits.small);
  }

  async *tags(): AsyncIterable<string> {
    const reader = this.ofRegistry();
    if (reader) yield* readTags(reader, this.shownName, this.options.signal);
  }

  async referrers(digest: Digest): Promise<readonly StoredManifest[] | undefined> {
    const reader = this.ofRegistry();
    return reader?.lookUp(() => readReferrers(reader, digest, this.shownName));
  }

  private readonly ofRegistry = () => this.options.readers('tag').find(({ isMirror }) => !isMirror);

  get tlsVerify(): boolean {
    const { registry } = this.options.name;
    return [...this.used].every(({ host, isVerified }) => isVerified || host !== apiHost(registry));
  }

  get rateLimit(): RateLimit | undefined {
    return [...this.used].map(({ rateLimit }) => rateLimit).findLast((limit) => limit !== undefined);
  }

  private candidates(by: AskedBy): readonly EndpointReader[] {
    return this.options.readers(by).filter((reader) => !(reader.isMirror && this.unreachable.has(reader)));
  }

  private async askFirst<T>(
    tagOrDigest: string,
    act: (reader: EndpointReader, asked: Asked) => Promise<T>,
  ): Promise<T> {
    const asked = askedManifest(this.options.name, tagOrDigest);
    for (const reader of this.candidates(isDigest(tagOrDigest) ? 'digest' : 'tag')) {
      this.used.add(reader);
      try {
        return await reader.lookUp(() => act(reader, asked));
      } catch (error) {
        this.passOver(reader, error);
      }
    }
    const problem = 'none of its mirrors could be read, and the registry itself is not to be asked';
    throw new RegistryError(`${this.shownName}: ${problem}`);
  }

  /** Throws the error, unless another place may still have the content. */
  private passOver(reader: EndpointReader, error: unknown): void {
    if (!reader.isMirror || !(error instanceof RegistryError)) throw error;
    if (error instanceof ConnectionError) this.unreachable.add(reader);
    this.warn(`the mirror ${reader.host} was skipped: ${error.message}`);
  }

  /** A blob with web addresses of its own is read from those: the registry need not have it, and is asked only where no host answers. */
  private placesOf(descriptor: Descriptor, isAhead: boolean): BlobPlace[] {
    const readers = this.candidates('digest').filter(({ host }) => !this.damaged.has(`${host} ${descriptor.digest}`));
    const place = (reader: EndpointReader, url: URL, isNamedByManifest: boolean): BlobPlace =>
      this.place(reader, descriptor.digest, { url, isNamedByManifest }, isAhead);
    const served = readers.map((reader) => place(reader, reader.urlOf(`blobs/${descriptor.digest}`), false));
    const registry = readers.find(({ isMirror }) => !isMirror);
    const named = registry ? webAddresses(descriptor).map((url) => place(registry, url, true)) : [];
    return [...named, ...served];
  }

  private place(
    reader: EndpointReader,
    digest: BlobDigest,
    place: Pick<BlobPlace, 'url' | 'isNamedByManifest'>,
    isAhead: boolean,
  ): BlobPlace {
    const { open } = place.isNamedByManifest
      ? reader.elsewhere
      : { open: (request: HttpRequest) => reader.open(request) };
    return {
      ...place,
      open,
      enter: () => {
        this.used.add(reader);
        this.sendersOf(digest).set(place.url.host, place.isNamedByManifest ? undefined : reader);
        const { ahead, downloads } = reader.gates;
        return (isAhead ? ahead : downloads).enter();
      },
    };
  }

  private warn(message: string): void {
    this.options.log?.({ type: 'warning', message });
  }
}
