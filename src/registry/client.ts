import { oncePerKey } from '../concurrency/once-per-key.js';
import { apiHost } from '../oci/docker-hub.js';
import type { TaggedSource } from '../oci/image-source.js';
import type { RepositoryName } from '../oci/reference.js';
import { tokenServerOf } from './auth/auth-method.js';
import { AuthMethods, type ChallengeCache } from './auth/auth-methods.js';
import { RepositoryAuth } from './auth/repository-auth.js';
import { Tokens } from './auth/tokens.js';
import type { Credentials } from './credentials/credentials.js';
import { FirstContact } from './http/first-contact.js';
import { compose, type Send, type Wrapper } from './http/http.js';
import { DEFAULT_CONCURRENCY, DEFAULT_TIME_LIMITS, type IsInsecure, type TimeLimits } from './http/limits.js';
import { createPlainHttp } from './http/plain-http.js';
import { isLoopback } from './http/private-address.js';
import { createHopRules, followRedirects } from './http/redirects.js';
import { Retry, type RetrySettings } from './http/retry.js';
import type { AskedBy, Endpoint } from './mirrors/endpoint.js';
import { EndpointReader, type Exchanges } from './repository/endpoint-reader.js';
import { HostGates } from './repository/host-gates.js';
import { EndpointRepository } from './repository/repository.js';
import { StorageHosts } from './repository/storage-hosts.js';
import { Transport, type TransportSettings } from './transport/transport.js';

export type { RateLimit } from '../oci/image-source.js';
export type { ChallengeCache } from './auth/auth-methods.js';
export type { RegistryEvent } from './http/events.js';

/** Everything that a registry client needs; it reads nothing from the environment. */
export interface RegistrySettings extends TransportSettings {
  /** Registries, `host[:port]`, that may speak plain HTTP or show a certificate that cannot be verified. */
  readonly insecure?: Iterable<string> | undefined;
  /** Credentials for a repository; asked at most once for each, and only when a registry wants them. */
  readonly credentials?: ((name: RepositoryName) => Promise<Credentials | undefined>) | undefined;
  /** Where to read a repository, best first; the last is the registry itself. docker.io is registry-1.docker.io when absent. */
  readonly endpoints?: ((name: RepositoryName, by: AskedBy) => readonly Endpoint[]) | undefined;
  readonly retry?: Partial<RetrySettings> | undefined;
  readonly timeLimits?: Partial<TimeLimits> | undefined;
  /** How many downloads may be under way at one registry at a time; 8 when absent. Of look-ups it is four times as many; as many layers may begin just before their turn. */
  readonly concurrency?: number | undefined;
  readonly challengeCache?: ChallengeCache | undefined;
  /** Holds requests back, so that no host gets too many in a minute; shared by all clients of a run. */
  readonly pace?: Wrapper | undefined;
}

/** Reads repositories of any registries. One for a whole run: it shares connections, tokens and what it learned of each host. */
export interface RegistryClient {
  repository(name: RepositoryName): TaggedSource;
  /** The registry of a repository itself, without its mirrors, for what is written. */
  endpoint(name: RepositoryName): EndpointReader;
  /** A server of files, with the credentials that are stored for its host and the folder of the URL. It speaks what the URL says, TLS or plain HTTP. */
  web(url: URL): Exchanges;
  /** Breaks off what is under way, and closes all connections. */
  close(): Promise<void>;
}

/** Opens no connection before the first question. */
export function createRegistryClient(settings: RegistrySettings = {}): RegistryClient {
  const { endpoints = onlyItself, concurrency = DEFAULT_CONCURRENCY, signal, log } = settings;
  const limits = { ...DEFAULT_TIME_LIMITS, ...settings.timeLimits };
  const insecureHosts = new Set(Array.from(settings.insecure ?? [], asInUrl));
  const isInsecure = (host: string): boolean => insecureHosts.has(host);
  const transport = new Transport(settings, limits, isInsecure);
  const retry = new Retry({ retry: settings.retry, readingTime: limits.small, signal, log });
  const { readerOf, webOf } = createReaders({
    ...settings,
    transport: paced(transport, settings.pace),
    retry,
    isInsecure,
    concurrency,
  });
  const open = (endpoint: Endpoint, upstream: string): EndpointReader => {
    if (endpoint.insecure) insecureHosts.add(asInUrl(apiHost(endpoint.registry)));
    return readerOf({ endpoint, upstream });
  };
  return {
    repository(name) {
      const readers = (by: AskedBy) => endpoints(name, by).map((endpoint) => open(endpoint, name.registry));
      return new EndpointRepository({ name, readers, retry, limits, signal, log });
    },
    endpoint: (name) => readerOf({ endpoint: name, upstream: name.registry }),
    web: webOf,
    close: () => transport.close(),
  };
}

/** Most requests wait for their turn, so that more connections than for one image would be opened in vain. */
const PACED_CONNECTIONS = 4;

/** The same transport, whose requests wait until the pace allows them. */
function paced(transport: Transport, pace: Wrapper | undefined): ReaderParts['transport'] {
  const send: Send = (request) => transport.send(request);
  const most = pace ? PACED_CONNECTIONS : Number.POSITIVE_INFINITY;
  return { send: pace?.(send) ?? send, openAhead: (url, count) => transport.openAhead(url, Math.min(count, most)) };
}

interface ReaderParts extends Omit<RegistrySettings, 'retry'> {
  readonly transport: Pick<Transport, 'send' | 'openAhead'>;
  readonly retry: Retry;
  readonly isInsecure: IsInsecure;
  readonly concurrency: number;
}

/** What all requests of a run go through, and share. */
function createSenders({ transport, retry, isInsecure, proxyFor, credentials, challengeCache, log }: ReaderParts) {
  const isProxied = (url: URL): boolean => proxyFor?.(url) !== undefined;
  const transmit: Send = (request) => transport.send(request);
  const checkHop = createHopRules(isInsecure, isProxied);
  const redirects = followRedirects(checkHop);
  const firstContact = new FirstContact();
  const tokens = new Tokens(redirects(transmit), retry);
  const speaksTls = ({ host, hostname }: URL): boolean => !isInsecure(host) && !isLoopback(hostname);
  const methods = new AuthMethods(challengeCache);
  const onToken = (registry: URL): void => {
    // What any other host speaks is known when it has answered for good.
    if (speaksTls(registry)) firstContact.learned(registry);
  };
  return {
    checkHop,
    /** To a host that another one names, without authorization. */
    sendElsewhere: redirects(transmit),
    plainHttp: createPlainHttp({ isInsecure, isProxied, ask: transmit }),
    authOf: (name: RepositoryName, isRegistry: boolean) =>
      new RepositoryAuth(name, isRegistry, { methods, tokens, credentials, isInsecure, onToken, log }),
    sendWith(auth: RepositoryAuth, ...first: readonly Wrapper[]): Send {
      const contact = firstContact.wrapper((url) => speaksTls(url) && auth.methodFor(url) !== undefined);
      return compose(contact, ...first, auth.wrapper, redirects)(transmit);
    },
    openAhead(url: URL, count: number): void {
      if (speaksTls(url)) transport.openAhead(url, count);
    },
  };
}

/** Readers of endpoints, one for each, and of servers of files; `upstream` is the registry that the image's name says. */
function createReaders(parts: ReaderParts) {
  const { retry, isInsecure, concurrency, challengeCache } = parts;
  const { authOf, sendWith, plainHttp, ...senders } = createSenders(parts);
  const gatesOf = oncePerKey((_host: string) => new HostGates(concurrency));
  const storage = new StorageHosts(challengeCache);
  const readerOf = oncePerKey(
    ({ endpoint, upstream }: { readonly endpoint: Endpoint; readonly upstream: string }) => {
      const { registry, repository, mirror } = endpoint;
      const host = apiHost(registry);
      const isRegistry = !mirror && host === apiHost(upstream);
      const auth = authOf({ registry, repository }, isRegistry);
      return new EndpointReader({
        ...senders,
        retry,
        isInsecure,
        name: { registry: host, repository },
        mirrorOf: mirror ? upstream : undefined,
        send: sendWith(auth, plainHttp),
        tokenServer: (url) => tokenServerOf(auth.methodFor(url)),
        gates: gatesOf(host),
        storage: isRegistry && !isInsecure(host) ? storage : undefined,
      });
    },
    ({ endpoint: { registry, repository, mirror }, upstream }) =>
      [apiHost(registry), repository, mirror, upstream].join(' '),
  );
  const webOf = ({ host, pathname }: URL): Exchanges => {
    const send = sendWith(authOf({ registry: host, repository: pathname.replace(/^\/+|\/+$/g, '') }, false));
    return { ask: (request, limit) => retry.ask(send, request, limit), open: (request) => retry.open(send, request) };
  };
  return { readerOf, webOf };
}

/** A `host[:port]` as the URL of a TLS connection shows it: in lower case and without the usual port. */
function asInUrl(host: string): string {
  return URL.canParse(`https://${host}`) ? new URL(`https://${host}`).host : host;
}

function onlyItself(name: RepositoryName): readonly Endpoint[] {
  return [name];
}
