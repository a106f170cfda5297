import type { RateLimit } from '../../oci/image-source.js';
import type { RepositoryName } from '../../oci/reference.js';
import { readBody, readErrorText } from '../http/body.js';
import { type HttpAnswer, type HttpRequest, type HttpResponse, isSuccess, type Send } from '../http/http.js';
import type { TimeLimits } from '../http/limits.js';
import type { CheckHop } from '../http/redirects.js';
import type { Retry } from '../http/retry.js';
import type { IsInsecure } from '../http/transport.js';

/** One repository at one place that serves it. */
export interface EndpointReader {
  readonly host: string;
  readonly isMirror: boolean;
  /** Whether all was reached over verified TLS so far. */
  readonly isVerified: boolean;
  /** What the registry said last of its rate limit. */
  readonly rateLimit: RateLimit | undefined;
  /** The URL of something in the repository: `manifests/latest`. */
  urlOf(path: string): URL;
  /** An exchange whose answer is small; repeated while it fails for a passing reason. */
  ask(request: HttpRequest, limit: number): Promise<HttpAnswer>;
  /** An exchange whose answer is streamed; repeated until it begins well. The body of an error is read already. */
  open(request: HttpRequest): Promise<OpenedResponse>;
  /** The same exchanges with another host that this one names, where we are nobody. Throws a RedirectError where we may not be sent. */
  readonly elsewhere: Pick<EndpointReader, 'ask' | 'open'>;
}

/** A body to read, or the text of an error. */
export type OpenedResponse = HttpResponse & { readonly errorText?: string };

export interface EndpointOptions {
  readonly name: RepositoryName;
  readonly isMirror: boolean;
  /** With authorization for the repository. */
  readonly send: Send;
  /** Without. */
  readonly sendElsewhere: Send;
  readonly checkHop: CheckHop;
  readonly retry: Retry;
  readonly limits: TimeLimits;
  readonly isInsecure: IsInsecure;
}

/** A mirror has a stand-in, so it need not be asked again and again. */
const MIRROR_RETRIES = 1;

export function createEndpointReader(options: EndpointOptions): EndpointReader {
  const { name, isMirror, retry, limits, isInsecure } = options;
  const { registry: host, repository } = name;
  let base = new URL(`https://${host}/v2/${repository}/`);
  let isVerified = true;
  let rateLimit: RateLimit | undefined;

  const send = async (request: HttpRequest): Promise<HttpResponse> => {
    const response = await options.send(request);
    const { url } = response;
    const isRedirected = url.hostname !== request.url.hostname || url.pathname !== request.url.pathname;
    if (!isRedirected) {
      base = new URL(base.pathname, url);
      if (url.protocol === 'http:' || isInsecure(url.host)) isVerified = false;
    }
    rateLimit = parseRateLimit(response.headers) ?? rateLimit;
    return response;
  };
  const sendElsewhere = async (request: HttpRequest): Promise<HttpResponse> => {
    await options.checkHop(base, request.url);
    return options.sendElsewhere(request);
  };
  const retries = isMirror ? MIRROR_RETRIES : undefined;

  return {
    host,
    isMirror,
    get isVerified() {
      return isVerified;
    },
    get rateLimit() {
      return rateLimit;
    },
    urlOf: (path) => new URL(`https://${host}/v2/${repository}/${path}`),
    ...exchanges(send, retry, limits, retries),
    elsewhere: exchanges(sendElsewhere, retry, limits, retries),
  };
}

function exchanges(
  send: Send,
  retry: Retry,
  limits: TimeLimits,
  retries: number | undefined,
): EndpointReader['elsewhere'] {
  const repeated = <T extends HttpAnswer | OpenedResponse>(
    request: HttpRequest,
    read: (response: HttpResponse) => Promise<T>,
  ) => retry.exchange(request.url, async () => read(await send(request)), retries);
  return {
    ask: (request, limit) =>
      repeated(request, async (response) => ({
        ...response,
        bytes: isSuccess(response)
          ? await readBody(response, limit, limits.small)
          : Buffer.from(await readErrorText(response)),
      })),
    open: (request) =>
      repeated(request, async (response) =>
        isSuccess(response) ? response : { ...response, errorText: await readErrorText(response) },
      ),
  };
}

function parseRateLimit(headers: ReadonlyMap<string, string>): RateLimit | undefined {
  const limit = /^(\d+)(?:.*;\s*w=(\d+))?/.exec(headers.get('ratelimit-limit') ?? '');
  const remaining = /^(\d+)(?:.*;\s*w=(\d+))?/.exec(headers.get('ratelimit-remaining') ?? '');
  if (!limit && !remaining) return undefined;
  const window = limit?.[2] ?? remaining?.[2];
  const source = headers.get('docker-ratelimit-source');
  return {
    ...(limit && { limit: Number(limit[1]) }),
    ...(remaining && { remaining: Number(remaining[1]) }),
    ...(window !== undefined && { windowSeconds: Number(window) }),
    ...(source !== undefined && { source }),
  };
}
