import { Gate } from '../concurrency/gate.js';
import { apiHost } from '../oci/docker-hub.js';
import type { RepositoryName } from '../oci/reference.js';
import { createAuthorization } from './auth/authorization.js';
import { createTokens } from './auth/tokens.js';
import { createFirstContact } from './http/first-contact.js';
import { DEFAULT_CONCURRENCY, DEFAULT_TIME_LIMITS } from './http/limits.js';
import { createPlainHttp } from './http/plain-http.js';
import { isLoopback } from './http/private-address.js';
import { createHopRules, followingRedirects } from './http/redirects.js';
import { createRetry } from './http/retry.js';
import type { RegistrySettings } from './http/settings.js';
import { createTransport } from './http/transport.js';
import type { Endpoint } from './mirrors/endpoint.js';
import { createEndpointReader, type EndpointReader } from './repository/endpoint.js';
import { createRepository, type RegistryRepository } from './repository/repository.js';
import { answersTls } from './tls/answers-tls.js';

export type { RateLimit } from '../oci/image-source.js';
export type { RegistryRepository } from './repository/repository.js';

/** Reads repositories of any registries. One for a whole run: it shares connections, tokens and what it learned of each host. */
export interface RegistryClient {
  repository(name: RepositoryName): RegistryRepository;
  /** Breaks off what is under way, and closes all connections. */
  close(): Promise<void>;
}

/** Opens no connection before the first question. */
export function createRegistryClient(settings: RegistrySettings = {}): RegistryClient {
  const { insecure = [], proxyFor, endpoints = onlyItself, concurrency = DEFAULT_CONCURRENCY, log } = settings;
  const limits = { ...DEFAULT_TIME_LIMITS, ...settings.timeLimits };
  const insecureHosts = new Set([...insecure].map(asInUrl));
  const isInsecure = (host: string): boolean => insecureHosts.has(host);
  const checkHop = createHopRules(isInsecure, (url) => proxyFor?.(url) !== undefined);

  const transport = createTransport(settings, limits, isInsecure);
  const retry = createRetry(settings);
  const following = followingRedirects(transport.send, checkHop);
  const tokens = createTokens(following, retry, limits);
  const authorization = createAuthorization(settings, tokens, isInsecure);

  const afterFirstContact = createFirstContact();
  const allowingPlainHttp = createPlainHttp({
    mayBePlain: (url) => isInsecure(url.host) || isLoopback(url.hostname),
    isSeenPlain: async (url) => isLoopback(url.hostname) && !proxyFor?.(url) && (await answersTls(url)) === false,
  });

  const gates = new Map<string, Gate>();
  const gateOf = (host: string): Gate => {
    const gate = gates.get(host) ?? new Gate(concurrency);
    gates.set(host, gate);
    return gate;
  };

  const readers = new Map<string, EndpointReader>();
  const readerOf = (endpoint: Endpoint): EndpointReader => {
    const { registry, repository } = endpoint;
    const host = apiHost(registry);
    if (endpoint.insecure) insecureHosts.add(asInUrl(host));
    const known = readers.get(`${host}/${repository}`);
    if (known) return known;
    const send = authorization.forRepository(following, { registry, repository });
    const reader = createEndpointReader({
      name: { registry: host, repository },
      isMirror: endpoint.mirror ?? false,
      send: afterFirstContact(allowingPlainHttp(send)),
      sendElsewhere: following,
      checkHop,
      retry,
      limits,
      isInsecure,
    });
    readers.set(`${host}/${repository}`, reader);
    return reader;
  };

  return {
    repository: (name) =>
      createRepository({ name, readers: (by) => endpoints(name, by).map(readerOf), gateOf, retry, limits, log }),
    close: () => transport.close(),
  };
}

/** A `host[:port]` as the URL of a TLS connection shows it: in lower case and without the usual port. */
function asInUrl(host: string): string {
  return URL.canParse(`https://${host}`) ? new URL(`https://${host}`).host : host;
}

function onlyItself(name: RepositoryName): readonly Endpoint[] {
  return [name];
}
