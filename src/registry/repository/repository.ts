import type { Gate } from '../../concurrency/gate.js';
import type { Descriptor } from '../../oci/descriptor.js';
import { isDigest } from '../../oci/digest.js';
import { apiHost } from '../../oci/docker-hub.js';
import type { ImageSource, RateLimit } from '../../oci/image-source.js';
import { formatRepository, type RepositoryName } from '../../oci/reference.js';
import { ConnectionError } from '../http/connection-error.js';
import { RegistryError } from '../http/errors.js';
import type { TimeLimits } from '../http/limits.js';
import type { Retry } from '../http/retry.js';
import type { RegistrySettings } from '../http/settings.js';
import type { AskedBy } from '../mirrors/endpoint.js';
import type { EndpointReader } from './endpoint.js';
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
  readonly log: RegistrySettings['log'] | undefined;
}

export function createRepository({ name, readers, gateOf, retry, limits, log }: RepositoryOptions): RegistryRepository {
  const used = new Set<EndpointReader>();
  const unreachable = new Set<EndpointReader>();
  const fullName = formatRepository(name);

  const candidates = (by: AskedBy): readonly EndpointReader[] =>
    readers(by).filter((reader) => !(reader.isMirror && unreachable.has(reader)));

  const giveUp = (reader: EndpointReader, error: unknown): void => {
    if (!reader.isMirror || !(error instanceof RegistryError)) throw error;
    if (error instanceof ConnectionError) unreachable.add(reader);
    log?.({ type: 'warning', message: `the mirror ${reader.host} was passed over: ${error.message}` });
  };

  const askFirst = async <T>(by: AskedBy, act: (reader: EndpointReader) => Promise<T>): Promise<T> => {
    for (const reader of candidates(by)) {
      used.add(reader);
      try {
        return await gateOf(reader.host).run(() => act(reader));
      } catch (error) {
        giveUp(reader, error);
      }
    }
    throw new RegistryError(
      `${fullName}: none of its mirrors could be read, and the registry itself is not to be asked`,
    );
  };

  const download = (descriptor: Descriptor): AsyncIterable<Uint8Array> => {
    const places = candidates('digest').flatMap((reader) => placesOf(reader, descriptor, () => enter(reader)));
    return readBlob(places, descriptor, {
      subject: `${fullName}@${descriptor.digest}`,
      retry,
      passOver: ({ url }, { message }) =>
        log?.({ type: 'warning', message: `${url.host} was passed over: ${message}` }),
    });
  };

  const enter = (reader: EndpointReader): Promise<() => void> => {
    used.add(reader);
    return gateOf(reader.host).enter();
  };

  return {
    resolve: (tag) => askFirst('tag', (reader) => resolveTag(reader, tag, `${fullName}:${tag}`)),
    manifest: (tagOrDigest) => {
      const isByDigest = isDigest(tagOrDigest);
      const subject = `${fullName}${isByDigest ? '@' : ':'}${tagOrDigest}`;
      return askFirst(isByDigest ? 'digest' : 'tag', (reader) => readManifest(reader, tagOrDigest, subject));
    },
    blob: download,
    async blobEnd(descriptor, length) {
      const [reader] = candidates('digest');
      // Beside a download that may hold the last place at the gate.
      return reader && !hasUrls(descriptor) ? readBlobEnd(reader, descriptor, length, limits.small) : undefined;
    },
    async *tags() {
      const [reader] = readers('tag').filter(({ isMirror }) => !isMirror);
      if (reader) yield* readTags(reader, fullName);
    },
    get tlsVerify() {
      return [...used].every(({ host, isVerified }) => isVerified || host !== apiHost(name.registry));
    },
    get rateLimit() {
      return [...used].map(({ rateLimit }) => rateLimit).findLast((limit) => limit !== undefined);
    },
  };
}

/** A blob with web addresses of its own is had from those only, as by skopeo: the registry need not have it. */
function placesOf(reader: EndpointReader, descriptor: Descriptor, enter: BlobPlace['enter']): BlobPlace[] {
  const addresses = webAddresses(descriptor);
  if (addresses.length === 0) return [{ url: reader.urlOf(`blobs/${descriptor.digest}`), open: reader.open, enter }];
  return reader.isMirror ? [] : addresses.map((url) => ({ url, open: reader.elsewhere.open, enter }));
}

function hasUrls(descriptor: Descriptor): boolean {
  return webAddresses(descriptor).length > 0;
}

function webAddresses({ urls = [] }: Descriptor): URL[] {
  return urls
    .filter((text) => URL.canParse(text))
    .map((text) => new URL(text))
    .filter(({ protocol }) => protocol === 'http:' || protocol === 'https:');
}
