import { discard } from './body.js';
import { ConnectionError } from './connection-error.js';
import type { HttpRequest, HttpResponse, Send, Wrapper } from './http.js';
import type { IsInsecure } from './limits.js';
import { isLoopback } from './private-address.js';

export interface PlainHttpOptions {
  readonly isInsecure: IsInsecure;
  /** A proxy would be asked in place of the host itself. */
  readonly isProxied: (url: URL) => boolean;
  /** Sends a request without anything secret, and follows no redirects. */
  readonly ask: Send;
}

/** What each host is known to speak. */
type Protocols = Map<string, 'https:' | 'http:'>;

/** How long a server on loopback may take to answer the first question, in milliseconds; a slower one is tried with TLS. */
const TIME_LIMIT = 2000;

/**
 * Tries TLS first and changes to plain HTTP, for good, where a host turns out not to speak TLS and may speak plain HTTP (on loopback, or named as
 * insecure), as docker does for its insecure registries. Without a port in the URL, plain HTTP is at port 80.
 *
 * A host on loopback is first asked in plain HTTP, without a secret: to try TLS takes the certificates to trust, and to load those takes longer
 * than all else that is to be done on loopback.
 */
export function createPlainHttp(options: PlainHttpOptions): Wrapper {
  const protocols: Protocols = new Map();
  return (next) => async (request) => {
    const { url } = request;
    if (url.protocol !== 'https:' || !(options.isInsecure(url.host) || isLoopback(url.hostname))) return next(request);
    const known = protocols.get(url.host);
    if (known === 'https:') return next(request);
    if (known === undefined && !(await answersPlainHttp(url, options))) {
      const response = await overTls(next, request, protocols);
      if (response) return response;
    }
    const response = await next({ ...request, url: inPlainHttp(url) });
    protocols.set(url.host, 'http:');
    return response;
  };
}

/** Undefined where the host does not speak TLS. */
async function overTls(next: Send, request: HttpRequest, protocols: Protocols): Promise<HttpResponse | undefined> {
  const { url } = request;
  try {
    const response = await next(request);
    protocols.set(url.host, 'https:');
    return response;
  } catch (error) {
    if (protocols.has(url.host) || !isWithoutTls(error, url)) throw error;
    return undefined;
  }
}

/**
 * Whether a server on loopback answers in plain HTTP. A server of TLS ends the connection, says 400, or sends something that is not HTTP.
 * False where that is not known, or not asked: without a port in the URL, TLS and plain HTTP are two servers.
 */
async function answersPlainHttp(url: URL, { isProxied, ask }: PlainHttpOptions): Promise<boolean> {
  if (!isLoopback(url.hostname) || url.port === '' || isProxied(url)) return false;
  const request = { method: 'GET', url: new URL('/v2/', inPlainHttp(url)), headers: {} } as const;
  const question = ask(request).then(
    async (response) => {
      await discard(response);
      return !WANTS_TLS.has(response.status) && !/^https:/i.test(response.headers.get('location') ?? '');
    },
    () => false,
  );
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), TIME_LIMIT);
  });
  return Promise.race([question, timeUp]).finally(() => clearTimeout(timer));
}

/** What servers of TLS, or proxies in front of them, answer to plain HTTP: 400, as of RFC 9110 426, and nginx's own 497. */
const WANTS_TLS: ReadonlySet<number> = new Set([400, 426, 497]);

function inPlainHttp(url: URL): URL {
  const plain = new URL(url);
  plain.protocol = 'http:';
  return plain;
}

function isWithoutTls(error: unknown, url: URL): boolean {
  if (!(error instanceof ConnectionError && error.host === url.host)) return false;
  return error.isNotTls || (error.code === 'ECONNREFUSED' && url.port === '');
}
