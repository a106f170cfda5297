import { setImmediate as nextTurn } from 'node:timers/promises';
import { PullpinError } from '../../errors.js';
import { encodingError } from '../http/body.js';
import { ConnectionError } from '../http/connection-error.js';
import type { RegistryEvent } from '../http/events.js';
import { type HttpRequest, type HttpResponse, shownUrl } from '../http/http.js';
import type { IsInsecure, TimeLimits } from '../http/limits.js';
import { Dispatchers, type OriginSettings, overLiveConnection, type Route } from './dispatchers.js';
import { connectionError } from './explain-connection.js';
import { withTlsReason } from './tls-reason.js';
import type { ResponseData } from './undici.js';

/** How servers are reached. */
export interface TransportSettings extends OriginSettings {
  /** Ends everything that is under way. */
  readonly signal?: AbortSignal | undefined;
  readonly log?: ((event: RegistryEvent) => void) | undefined;
  readonly userAgent?: string | undefined;
}

/** How much of a body may be read ahead of its consumer. */
const READ_AHEAD = 1024 * 1024;

/** Sends requests as they are, over kept connections, with the proxy and the certificates that the settings name for each host. */
export class Transport {
  private readonly dispatchers: Dispatchers;
  private readonly answered = new Set<string>();
  private readonly openedAhead = new Map<string, number>();

  constructor(
    private readonly settings: TransportSettings,
    private readonly limits: TimeLimits,
    private readonly isInsecure: IsInsecure,
  ) {
    this.dispatchers = new Dispatchers(settings, limits);
    settings.signal?.addEventListener('abort', this.abort, { once: true });
  }

  /** Throws ConnectionErrors, and the abort signal's reason. */
  async send(request: HttpRequest): Promise<HttpResponse> {
    const { signal, log } = this.settings;
    signal?.throwIfAborted();
    // undici takes a connection back one turn after an answer's end, and would open another until then.
    await nextTurn();
    const start = Date.now();
    const response = await this.exchange(request);
    const milliseconds = Math.round(Date.now() - start);
    const { method, url } = request;
    log?.({ type: 'request', method, url: shownUrl(url), status: response.status, milliseconds });
    return response;
  }

  /**
   * Opens connections to an origin over TLS before requests want them, up to `count` in all. Where that fails, or is not possible, requests open
   * their own.
   */
  openAhead(url: URL, count: number): void {
    if (url.protocol !== 'https:') return;
    const known = this.openedAhead.get(url.origin) ?? 0;
    if (known >= count || this.settings.signal?.aborted) return;
    this.openedAhead.set(url.origin, count);
    this.dispatchers
      .route(url, this.isInsecure(url.host))
      .then((route) => route.openAhead(count - known))
      .catch(() => undefined);
  }

  async close(): Promise<void> {
    this.settings.signal?.removeEventListener('abort', this.abort);
    await this.dispatchers.destroy(new PullpinError('the registries were closed, and can be asked no more'));
  }

  private readonly abort = (): void => {
    const reason: unknown = this.settings.signal?.reason;
    void this.dispatchers.destroy(reason instanceof Error ? reason : new Error('aborted', { cause: reason }));
  };

  private async exchange(request: HttpRequest): Promise<HttpResponse> {
    const { url } = request;
    const route = await this.dispatchers.route(url, this.isInsecure(url.host));
    const facts = { host: url.host, proxy: route.proxy, limits: this.limits };
    const explain = (error: unknown): unknown => {
      const { signal } = this.settings;
      if (signal?.aborted) return signal.reason;
      if (error instanceof PullpinError) return error;
      return connectionError(error, facts) ?? encodingError(error, url) ?? error;
    };
    try {
      const { statusCode, headers, body } = await overLiveConnection(() => this.request(route, request));
      // The reader of the body gets its errors; without a reader they must not end the program.
      body.on('error', () => undefined);
      this.answered.add(url.origin);
      return { status: statusCode, headers: joined(headers), url, body, explain };
    } catch (error) {
      const known = explain(error);
      if (!(known instanceof ConnectionError && url.protocol === 'https:')) throw known;
      const [isKnown, isVerified] = [this.answered.has(url.origin), !this.isInsecure(url.host)];
      throw await withTlsReason({ error: known, url, facts, isKnown, isVerified }, this.settings);
    }
  }

  private request(route: Route, { url, method, headers, body }: HttpRequest): Promise<ResponseData> {
    const { userAgent = 'pullpin' } = this.settings;
    return route.request({
      method,
      path: route.target(url),
      headers: { 'user-agent': userAgent, ...headers, ...route.headers },
      ...(body !== undefined && { body }),
      // Without this, undici closes the connection after a HEAD, and the next request would cost a TLS handshake.
      reset: false,
      highWaterMark: READ_AHEAD,
    });
  }
}

function joined(headers: Readonly<Record<string, string | string[] | undefined>>): ReadonlyMap<string, string> {
  const lines = Object.entries(headers).filter((line): line is [string, string | string[]] => line[1] !== undefined);
  return new Map(lines.map(([name, value]) => [name, typeof value === 'string' ? value : value.join(', ')]));
}
