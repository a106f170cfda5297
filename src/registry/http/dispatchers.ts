import { type Dispatcher, Pool, ProxyAgent } from 'undici';
import { createTlsConnector, tlsOptions } from '../tls/tls-connector.js';
import type { Trust } from '../tls/trust.js';
import type { TimeLimits } from './limits.js';
import type { RegistrySettings } from './settings.js';

/** The connections to one origin, by way of a proxy or not. */
export interface Route {
  request(options: Omit<Dispatcher.RequestOptions, 'origin'>): Promise<Dispatcher.ResponseData>;
  /** `host:port` of the proxy. */
  readonly proxy?: string;
  /** What stands in the request line: plain HTTP through a proxy names the whole URL there. */
  target(url: URL): string;
  /** To be sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Keeps connections open per origin, and knows for each whom to trust and which proxy to take. */
export interface Dispatchers {
  /** The route to a URL's origin; `unverified` accepts any certificate. */
  route(url: URL, unverified: boolean): Promise<Route>;
  /** Breaks all connections; whatever waits for them fails with the reason. */
  destroy(reason: Error): Promise<void>;
}

/** Registries behind clouds set long cookies and policies; nobody needs more than this. */
const MAX_HEADERS = 64 * 1024;
/** How long an idle connection is kept, in milliseconds; a server's Keep-Alive header wins. */
const KEEP_ALIVE = 15_000;

export function createDispatchers(
  { proxyFor, trust }: Pick<RegistrySettings, 'proxyFor' | 'trust'>,
  limits: TimeLimits,
): Dispatchers {
  const routes = new Map<string, Promise<Route>>();
  const opened: (Pool | ProxyAgent)[] = [];
  const options = {
    maxHeaderSize: MAX_HEADERS,
    headersTimeout: limits.headers,
    bodyTimeout: limits.idle,
    keepAliveTimeout: KEEP_ALIVE,
  };
  let destroyed: Error | undefined;

  const trustOf = async ({ host }: URL): Promise<Trust> => (await trust?.(host)) ?? {};

  const open = async (url: URL, unverified: boolean): Promise<Route> => {
    const proxy = proxyFor?.(url);
    const isTls = url.protocol === 'https:';
    const ofUrl = { trust: isTls ? await trustOf(url) : {}, rejectUnauthorized: !unverified, timeout: limits.connect };
    if (destroyed) throw destroyed;
    if (!proxy) {
      const connect = isTls ? createTlsConnector(ofUrl) : { timeout: limits.connect };
      const pool = new Pool(url.origin, { ...options, connect });
      opened.push(pool);
      return { request: (sent) => pool.request(sent), target: pathOf, headers: {} };
    }
    const login = proxyAuthorization(proxy);
    const ofProxy = proxy.protocol === 'https:' ? await trustOf(proxy) : {};
    const proxyTls = { timeout: limits.connect, ...tlsOptions(ofProxy) };
    if (isTls) {
      const agent = new ProxyAgent({
        ...options,
        uri: proxy.origin,
        ...(login !== undefined && { token: login }),
        requestTls: { timeout: limits.connect, rejectUnauthorized: !unverified, ...tlsOptions(ofUrl.trust) },
        proxyTls,
        clientFactory: (origin, given) => new Pool(origin, { ...options, ...given }),
      });
      opened.push(agent);
      return {
        request: (sent) => agent.request({ ...sent, origin: url.origin }),
        proxy: proxy.host,
        target: pathOf,
        headers: {},
      };
    }
    // RFC 9112, section 3.2.2: the absolute form. undici's ProxyAgent would open a tunnel, which proxies refuse for port 80.
    const pool = new Pool(proxy.origin, { ...options, connect: proxyTls });
    opened.push(pool);
    return {
      request: (sent) => pool.request(sent),
      proxy: proxy.host,
      target: ({ href }) => href,
      headers: { host: url.host, ...(login !== undefined && { 'proxy-authorization': login }) },
    };
  };

  return {
    route(url, unverified) {
      const key = `${url.origin} ${unverified}`;
      const route = routes.get(key) ?? open(url, unverified);
      routes.set(key, route);
      return route;
    },
    async destroy(reason) {
      destroyed = reason;
      await Promise.all(opened.map((dispatcher) => dispatcher.destroy(reason)));
    },
  };
}

function pathOf({ pathname, search }: URL): string {
  return pathname + search;
}

/** The credentials of a proxy's URL as a header. */
function proxyAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(login).toString('base64')}`;
}
