import { ConnectionError } from './connection-error.js';
import type { Send } from './http.js';

/**
 * Tries TLS first and goes over to plain HTTP, for good, where a host turns out not to speak it and `mayBePlain` allows that, as docker does for
 * its insecure registries. Without a port in the URL, plain HTTP is at port 80.
 */
export function createPlainHttp(mayBePlain: (url: URL) => boolean): (send: Send) => Send {
  const speaks = new Map<string, 'https:' | 'http:'>();
  return (send) => async (request) => {
    const { url } = request;
    if (url.protocol !== 'https:' || !mayBePlain(url)) return send(request);
    const plain = new URL(url);
    plain.protocol = 'http:';
    if (speaks.get(url.host) === 'http:') return send({ ...request, url: plain });
    try {
      const response = await send(request);
      speaks.set(url.host, 'https:');
      return response;
    } catch (error) {
      if (speaks.has(url.host) || !isWithoutTls(error, url)) throw error;
    }
    const response = await send({ ...request, url: plain });
    speaks.set(url.host, 'http:');
    return response;
  };
}

function isWithoutTls(error: unknown, url: URL): boolean {
  if (!(error instanceof ConnectionError && error.host === url.host)) return false;
  return error.isNotTls || (error.code === 'ECONNREFUSED' && url.port === '');
}
