import type { Gate } from '../../concurrency/gate.js';
import type { Descriptor } from '../../oci/descriptor.js';
import { type Digest, isDigest } from '../../oci/digest.js';
import { apiHost } from '../../oci/docker-hub.js';
import type { ImageSource, RateLimit, StoredManifest } from '../../oci/image-source.js';
import { formatRepository, type RepositoryName } from '../../oci/reference.js';
import { ConnectionError } from '../http/connection-error.js';
import { RegistryError } from '../http/errors.js';
import type { RegistryEvent } from '../http/events.js';
import type { TimeLimits } from '../http/limits.js';
import type { Retry } from '../http/retry.js';
import type { AskedBy } from '../mirrors/endpoint.js';
import type { EndpointReader } from './endpoint-reader.js';
import { type BlobPlace, readBlob, readBlobEnd } from './read-blob.js';
import { readManifest, resolveTag } from './read-manifest.js';
import { readTags } from './read-tags.js';

/** A repository in a registry, read from there or from its mirrors. */
export interface RegistryRepository extends ImageSource {
  /** All tags, in the registry's order, page by page: a page is fetched when its first tag is asked for. */
  tags(): AsyncIterable<string>;
  /** False once the registry itself (not what stands in for it) was reached over plain HTTP, or over TLS that was not verified. */
  readonly tlsVerify: boolean;
  /** What the registry said last of its rate limit, if it did. */
  readonly rateLimit: RateLimit | undefined;
}

export interface RepositoryOptions {
  readonly name: RepositoryName;
  /** The places to read from, best first. */
  readonly readers: (by: AskedBy) => readonly EndpointReader[];
  /** Bounds what is under way at one host: a question until its answer is there, a download until its end. */
  readonly gateOf: (host: string) => Gate;
  readonly retry: Retry;
  readonly limits: TimeLimits;
  readonly log: ((event: RegistryEvent) => void) | undefined;
}

export class EndpointRepository implements RegistryRepository {
  private readonly used = new Set<EndpointReader>();
  private readonly unreachable = new Set<EndpointReader>();
  private readonly fullName: string;

  constructor(private readonly options: RepositoryOptions) {
    this.fullName = formatRepository(options.name);
  }

  resolve(tag: string): Promise<Digest> {
    return this.askFirst('tag', (reader) => resolveTag(reader, tag, `${this.fullName}:${tag}`));
  }

  manifest(tagOrDigest: string): Promise<StoredManifest> {
    const isByDigest = isDigest(tagOrDigest);
    const subject = `${this.fullName}${isByDigest ? '@' : ':'}${tagOrDigest}`;
    return this.askFirst(isByDigest ? 'digest' : 'tag', (reader) => readManifest(reader, tagOrDigest, subject));
  }

  blob(descriptor: Descriptor): AsyncIterable<Uint8Array> {
    const places = this.candidates('digest').flatMap((reader) => this.placesOf(reader, descriptor));
    return readBlob(places, descriptor, {
      subject: `${this.fullName}@${descriptor.digest}`,
      retry: this.options.retry,
      passOver: ({ url }, { message }) => this.warn(`${url.host} was passed over: ${message}`),
    });
  }

  async blobEnd(descriptor: Descriptor, length: number): Promise<Uint8Array | undefined> {
    const [reader] = this.candidates('digest');
    if (!reader || webAddresses(descriptor).length > 0) return undefined;
    // Beside a download that may hold the last place at the gate.
    return readBlobEnd(reader, descriptor, length, this.options.limits.small);
  }

  async *tags(): AsyncIterable<string> {
    const reader = this.options.readers('tag').find(({ isMirror }) => !isMirror);
    if (reader) yield* readTags(reader, this.fullName);
  }

  get tlsVerify(): boolean {
    const own = apiHost(this.options.name.registry);
    return [...this.used].every(({ host, isVerified }) => isVerified || host !== own);
  }

  get rateLimit(): RateLimit | undefined {
    return [...this.used].map(({ rateLimit }) => rateLimit).findLast((limit) => limit !== undefined);
  }

  private candidates(by: AskedBy): readonly EndpointReader[] {
    return this.options.readers(by).filter((reader) => !(reader.isMirror && this.unreachable.has(reader)));
  }

  private async askFirst<T>(by: AskedBy, act: (reader: EndpointReader) => Promise<T>): Promise<T> {
    for (const reader of this.candidates(by)) {
      this.used.add(reader);
      try {
        return await this.options.gateOf(reader.host).run(() => act(reader));
      } catch (error) {
        this.passOver(reader, error);
      }
    }
    const problem = 'none of its mirrors could be read, and the registry itself is not to be asked';
    throw new RegistryError(`${this.fullName}: ${problem}`);
  }

  /** Throws the error, unless another place may still have what this one has not. */
  private passOver(reader: EndpointReader, error: unknown): void {
    if (!reader.isMirror || !(error instanceof RegistryError)) throw error;
    if (error instanceof ConnectionError) this.unreachable.add(reader);
    this.warn(`the mirror ${reader.host} was passed over: ${error.message}`);
  }

  /** As skopeo does, we read a blob with web addresses of its own from those only: the registry need not have it. */
  private placesOf(reader: EndpointReader, descriptor: Descriptor): BlobPlace[] {
    const enter = (): Promise<() => void> => {
      this.used.add(reader);
      return this.options.gateOf(reader.host).enter();
    };
    const addresses = webAddresses(descriptor);
    if (addresses.length === 0) {
      return [{ url: reader.urlOf(`blobs/${descriptor.digest}`), open: (request) => reader.open(request), enter }];
    }
    return reader.isMirror ? [] : addresses.map((url) => ({ url, open: reader.elsewhere.open, enter }));
  }

  private warn(message: string): void {
    this.options.log?.({ type: 'warning', message });
  }
}

function webAddresses({ urls = [] }: Descriptor): URL[] {
  return urls
    .filter((text) => URL.canParse(text))
    .map((text) => new URL(text))
    .filter(({ protocol }) => protocol === 'http:' || protocol === 'https:');
}
