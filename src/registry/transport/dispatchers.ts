import { oncePerKey } from '../../concurrency/once-per-key.js';
import type { TimeLimits } from '../http/limits.js';
import { proxyAuthorization } from '../proxies/proxy-authorization.js';
import { type Trust, tlsOptions } from '../tls/trust.js';
import { TlsConnector } from './tls-connector.js';
import {
  errors,
  loadProxyAgent,
  Pool,
  type PoolOptions,
  type ProxyAgent,
  type ProxyAgentOptions,
  type RequestOptions,
  type ResponseData,
} from './undici.js';

/** How an origin is reached. */
export interface OriginSettings {
  /** The proxy for a URL, credentials in it; none when undefined. */
  readonly proxyFor?: ((url: URL) => URL | undefined) | undefined;
  /** For a `host[:port]`. */
  readonly trust?: ((host: string) => Promise<Trust>) | undefined;
}

/** The connections to one origin, through a proxy or not. */
export interface Route {
  request(options: RequestOptions): Promise<ResponseData>;
  /** `host:port` of the proxy. */
  readonly proxy: string | undefined;
  /** The target in the request line: plain HTTP through a proxy needs the whole URL there. */
  target(url: URL): string;
  /** To be sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Opens connections before requests want them, where that is possible: directly and over TLS. */
  openAhead(count: number): void;
}

/** Registries behind clouds set long cookies and policies; no registry needs more than this. */
const MAX_HEADERS = 64 * 1024;
/** How long an idle connection is kept, in milliseconds; a server's Keep-Alive header wins. */
const KEEP_ALIVE = 15_000;

/** Keeps connections open per origin, and knows for each which certificates to trust and which proxy to use. */
export class Dispatchers {
  private readonly opened: (Pool | ProxyAgent)[] = [];
  private readonly connectors: TlsConnector[] = [];
  private readonly options;
  private destroyed: Error | undefined;
  private readonly routes = oncePerKey(
    ({ url, unverified }: { readonly url: URL; readonly unverified: boolean }) => this.open(url, unverified),
    ({ url, unverified }) => `${url.origin} ${unverified}`,
  );

  constructor(
    private readonly settings: OriginSettings,
    private readonly limits: TimeLimits,
  ) {
    this.options = {
      maxHeaderSize: MAX_HEADERS,
      headersTimeout: limits.headers,
      bodyTimeout: limits.idle,
      keepAliveTimeout: KEEP_ALIVE,
    };
  }

  /** The route to a URL's origin; `unverified` accepts any certificate. */
  route(url: URL, unverified: boolean): Promise<Route> {
    return this.routes({ url, unverified });
  }

  /** Breaks all connections; everything that waits for them fails with the reason. */
  async destroy(reason: Error): Promise<void> {
    this.destroyed = reason;
    for (const connector of this.connectors) connector.closeUnused();
    await Promise.all(this.opened.map((dispatcher) => dispatcher.destroy(reason)));
  }

  private async open(url: URL, unverified: boolean): Promise<Route> {
    const proxy = this.settings.proxyFor?.(url);
    const isTls = url.protocol === 'https:';
    const trust = isTls ? await this.trustOf(url) : {};
    const ofProxy = proxy?.protocol === 'https:' ? await this.trustOf(proxy) : {};
    if (this.destroyed) throw this.destroyed;
    if (!proxy) return this.direct(url, trust, unverified);
    const proxyTls = { timeout: this.limits.connect, ...tlsOptions(ofProxy) };
    if (!isTls) return this.forwarded(url, proxy, proxyTls);
    const requestTls = { timeout: this.limits.connect, rejectUnauthorized: !unverified, ...tlsOptions(trust) };
    return this.tunnelled(url, proxy, { proxyTls, requestTls });
  }

  private direct(url: URL, trust: Trust, unverified: boolean): Route {
    const timeout = this.limits.connect;
    const tls =
      url.protocol === 'https:' ? new TlsConnector({ trust, rejectUnauthorized: !unverified, timeout }) : undefined;
    const pool = new Pool(url.origin, { ...this.options, connect: tls?.connect ?? { timeout } });
    this.opened.push(pool);
    if (tls) this.connectors.push(tls);
    return {
      request: (sent) => pool.request(sent),
      proxy: undefined,
      target: pathOf,
      headers: {},
      openAhead: (count) => tls?.openAhead(url, count),
    };
  }

  private async tunnelled(
    url: URL,
    proxy: URL,
    tls: Pick<ProxyAgentOptions, 'proxyTls' | 'requestTls'>,
  ): Promise<Route> {
    const ProxyAgent = await loadProxyAgent();
    const login = proxyAuthorization(proxy);
    const agent = new ProxyAgent({
      ...this.options,
      uri: proxy.origin,
      ...(login !== undefined && { token: login }),
      ...tls,
      clientFactory: (origin, given) => new Pool(origin, { ...this.options, ...given }),
    });
    this.opened.push(agent);
    return {
      request: (sent) => agent.request({ ...sent, origin: url.origin }),
      proxy: proxy.host,
      target: pathOf,
      headers: {},
      openAhead: () => undefined,
    };
  }

  /** RFC 9112, section 3.2.2: the absolute form. undici's ProxyAgent would open a tunnel, which proxies refuse for port 80. */
  private forwarded(url: URL, proxy: URL, proxyTls: NonNullable<PoolOptions['connect']>): Route {
    const login = proxyAuthorization(proxy);
    const pool = new Pool(proxy.origin, { ...this.options, connect: proxyTls });
    this.opened.push(pool);
    return {
      request: (sent) => pool.request(sent),
      proxy: proxy.host,
      target: ({ href }) => href,
      headers: { host: url.host, ...(login !== undefined && { 'proxy-authorization': login }) },
      openAhead: () => undefined,
    };
  }

  private async trustOf({ host }: URL): Promise<Trust> {
    return (await this.settings.trust?.(host)) ?? {};
  }
}

/**
 * Repeats a request at once, once, when the server was just closing the kept connection that it used: the server never processed the request
 * (RFC 9112, section 9.5). This is not a failure of the server, and must not count as one.
 */
export async function overLiveConnection<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    // Something was read from the connection before, so it was not a new one.
    if (!(error instanceof errors.SocketError && (error.socket?.bytesRead ?? 0) > 0)) throw error;
    return request();
  }
}

function pathOf({ pathname, search }: URL): string {
  return pathname + search;
}
