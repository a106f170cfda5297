import { setImmediate as nextTurn } from 'node:timers/promises';
import { PullpinError } from '../../errors.js';
import { encodingError } from './body.js';
import { now } from './clock.js';
import { ConnectionError, connectionError } from './connection-error.js';
import { createDispatchers } from './dispatchers.js';
import { type HttpRequest, type HttpResponse, type Send, shownUrl } from './http.js';
import type { TimeLimits } from './limits.js';
import type { RegistrySettings } from './settings.js';
import { overLiveConnection } from './stale-connection.js';
import { withTlsReason } from './tls-reason.js';

/** Sends requests as they are, over kept connections, by the proxy and the trust that the settings name for each host. */
export interface Transport {
  readonly send: Send;
  close(): Promise<void>;
}

/** Says for a `host[:port]` whether plain HTTP and unverified TLS are allowed. */
export type IsInsecure = (host: string) => boolean;

/** How much of a body may be read ahead of its consumer. */
const READ_AHEAD = 1024 * 1024;

/** Throws ConnectionErrors, and the abort signal's reason. */
export function createTransport(settings: RegistrySettings, limits: TimeLimits, isInsecure: IsInsecure): Transport {
  const { signal, log, userAgent = 'pullpin' } = settings;
  const dispatchers = createDispatchers(settings, limits);
  const abort = (): void => void dispatchers.destroy(reasonOf(signal));
  signal?.addEventListener('abort', abort, { once: true });

  const answered = new Set<string>();

  const exchange = async (request: HttpRequest): Promise<HttpResponse> => {
    const { url, method, body } = request;
    const route = await dispatchers.route(url, isInsecure(url.host));
    const facts = { host: url.host, proxy: route.proxy, limits };
    const explain = (error: unknown): unknown => {
      if (signal?.aborted) return signal.reason;
      return error instanceof PullpinError
        ? error
        : (connectionError(error, facts) ?? encodingError(error, url) ?? error);
    };
    try {
      const sent = {
        method,
        path: route.target(url),
        headers: { 'user-agent': userAgent, ...request.headers, ...route.headers },
        ...(body !== undefined && { body }),
        // undici gives a connection up after a HEAD unless told otherwise; the next one would cost a TLS handshake.
        reset: false,
        highWaterMark: READ_AHEAD,
      };
      const { statusCode, headers, body: stream } = await overLiveConnection(() => route.request(sent));
      // Whoever reads the body hears of its errors; when nobody does they must not end the program.
      stream.on('error', () => undefined);
      answered.add(url.origin);
      return { status: statusCode, headers: joined(headers), url, body: stream, explain };
    } catch (error) {
      const known = explain(error);
      if (!(known instanceof ConnectionError && url.protocol === 'https:')) throw known;
      const [isKnown, isVerified] = [answered.has(url.origin), !isInsecure(url.host)];
      throw await withTlsReason({ error: known, url, facts, isKnown, isVerified }, settings);
    }
  };

  return {
    async send(request) {
      signal?.throwIfAborted();
      // undici takes a connection back one turn after an answer's end, and would open another until then.
      await nextTurn();
      const start = now();
      const response = await exchange(request);
      const milliseconds = Math.round(now() - start);
      log?.({
        type: 'request',
        method: request.method,
        url: shownUrl(request.url),
        status: response.status,
        milliseconds,
      });
      return response;
    },
    async close() {
      signal?.removeEventListener('abort', abort);
      await dispatchers.destroy(new Error('the registry client was closed'));
    },
  };
}

function reasonOf(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal?.reason });
}

function joined(headers: Readonly<Record<string, string | string[] | undefined>>): ReadonlyMap<string, string> {
  const lines = Object.entries(headers).filter((line): line is [string, string | string[]] => line[1] !== undefined);
  return new Map(lines.map(([name, value]) => [name, typeof value === 'string' ? value : value.join(', ')]));
}
