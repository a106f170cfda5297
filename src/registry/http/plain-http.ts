import { ConnectionError } from './connection-error.js';
import type { HttpRequest, HttpResponse, Send } from './http.js';

export interface PlainHttpRules {
  /** Where plain HTTP is allowed. */
  readonly mayBePlain: (url: URL) => boolean;
  /** Whether a host where it is allowed is seen not to speak TLS, so that a request need not fail there to find out. */
  readonly isSeenPlain: (url: URL) => Promise<boolean>;
}

/**
 * Tries TLS first and goes over to plain HTTP, for good, where a host turns out not to speak it and `mayBePlain` allows that, as docker does for
 * its insecure registries. Without a port in the URL, plain HTTP is at port 80.
 */
export function createPlainHttp({ mayBePlain, isSeenPlain }: PlainHttpRules): (send: Send) => Send {
  const speaks = new Map<string, 'https:' | 'http:'>();
  /** Undefined where the host does not speak TLS. */
  const overTls = async (send: Send, request: HttpRequest): Promise<HttpResponse | undefined> => {
    const { url } = request;
    if (!speaks.has(url.host) && (await isSeenPlain(url))) return undefined;
    try {
      const response = await send(request);
      speaks.set(url.host, 'https:');
      return response;
    } catch (error) {
      if (speaks.has(url.host) || !isWithoutTls(error, url)) throw error;
      return undefined;
    }
  };
  return (send) => async (request) => {
    const { url } = request;
    if (url.protocol !== 'https:' || !mayBePlain(url)) return send(request);
    const isPlain = speaks.get(url.host) === 'http:';
    const secure = isPlain ? undefined : await overTls(send, request);
    if (secure) return secure;
    const plain = new URL(url);
    plain.protocol = 'http:';
    const response = await send({ ...request, url: plain });
    speaks.set(url.host, 'http:');
    return response;
  };
}

function isWithoutTls(error: unknown, url: URL): boolean {
  if (!(error instanceof ConnectionError && error.host === url.host)) return false;
  return error.isNotTls || (error.code === 'ECONNREFUSED' && url.port === '');
}
