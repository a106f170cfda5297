import type { RateLimit } from '../../oci/image-source.js';
import type { RepositoryName } from '../../oci/reference.js';
import {
  type HttpAnswer,
  type HttpHead,
  type HttpRequest,
  type HttpResponse,
  isSuccess,
  type Send,
} from '../http/http.js';
import type { IsInsecure } from '../http/limits.js';
import type { CheckHop } from '../http/redirects.js';
import type { OpenedResponse, Retry } from '../http/retry.js';
import type { HostGates } from './host-gates.js';
import type { StorageHosts } from './storage-hosts.js';

export interface EndpointOptions {
  readonly name: RepositoryName;
  /** The registry that this is a mirror of; undefined when it is the registry itself, or replaces it. */
  readonly mirrorOf: string | undefined;
  /** With authorization for the repository. */
  readonly send: Send;
  /** Without. */
  readonly sendElsewhere: Send;
  readonly checkHop: CheckHop;
  readonly retry: Retry;
  readonly isInsecure: IsInsecure;
  /** Where a token for a URL will come from, as far as is known before the host has said so. */
  readonly tokenServer: (url: URL) => URL | undefined;
  readonly gates: HostGates;
  /** Opens connections before requests want them, up to a number in all, where that is possible. */
  readonly openAhead: (url: URL, count: number) => void;
  /** Where this host, a registry over verified TLS, keeps its blobs; undefined for any other host. */
  readonly storage: StorageHosts | undefined;
}

/** Exchanges with a server, repeated while they fail for a passing reason. */
export interface Exchanges {
  /** An exchange whose answer is small: it is read whole, at most `limit` bytes of it. */
  ask(request: HttpRequest, limit: number): Promise<HttpAnswer>;
  /** An exchange whose answer is streamed; repeated until it begins well. The body of an error is read already. */
  open(request: HttpRequest): Promise<OpenedResponse>;
}

/** The first blobs of an image are read at the same time: its config, a layer, and the end of that layer. */
const CONNECTIONS_FOR_BLOBS = 3;

/** When a mirror fails, the next endpoint is asked, so its requests are repeated less often. */
const MIRROR_RETRIES = 1;

/** One repository at one host that serves it. */
export class EndpointReader implements Exchanges {
  readonly host: string;
  readonly isMirror: boolean;
  /** Exchanges with another host that this one names, without authorization. They throw a RedirectError where that host must not be asked. */
  readonly elsewhere: Exchanges;
  private base: URL;
  private verified = true;
  private limit: RateLimit | undefined;
  private readonly retry: Retry;

  constructor(private readonly options: EndpointOptions) {
    const { name, mirrorOf, retry, checkHop, sendElsewhere } = options;
    this.host = name.registry;
    this.isMirror = mirrorOf !== undefined;
    this.base = this.urlOf('');
    this.retry = this.isMirror ? retry.atMost(MIRROR_RETRIES) : retry;
    const send: Send = async (request) => {
      await checkHop(this.base, request.url);
      return sendElsewhere(request);
    };
    this.elsewhere = {
      ask: (request, limit) => this.retry.ask(send, request, limit),
      open: (request) => this.retry.open(send, request),
    };
  }

  /** Whether all was reached over verified TLS so far. */
  get isVerified(): boolean {
    return this.verified;
  }

  /** What the registry said last of its rate limit. */
  get rateLimit(): RateLimit | undefined {
    return this.limit;
  }

  /** The URL of something in the repository: `manifests/latest`. A mirror learns by `ns` whose mirror it is, as from containerd. */
  urlOf(path: string): URL {
    const { name, mirrorOf } = this.options;
    const url = new URL(`https://${name.registry}/v2/${name.repository}/${path}`);
    if (mirrorOf !== undefined) url.searchParams.set('ns', mirrorOf);
    return url;
  }

  get gates(): HostGates {
    return this.options.gates;
  }

  /**
   * Looks something up as soon as the host may be asked. Opens connections for all look-ups that are under way before they are sent, because a token may
   * have to be fetched first, and one to the server of that token.
   */
  lookUp<Result>(act: () => Promise<Result>): Promise<Result> {
    const { openAhead, tokenServer, gates } = this.options;
    return gates.lookUps.run(() => {
      openAhead(this.base, gates.lookUps.inside);
      const server = tokenServer(this.base);
      if (server) openAhead(server, 1);
      return act();
    });
  }

  /** Opens connections for a manifest and the blobs after it, also to the storage that this host redirected to in an earlier run. */
  expectImage(): void {
    const { openAhead, storage, checkHop } = this.options;
    openAhead(this.base, 1 + CONNECTIONS_FOR_BLOBS);
    const place = storage?.get(this.base.origin);
    if (!place) return;
    checkHop(this.base, place).then(
      () => openAhead(place, CONNECTIONS_FOR_BLOBS),
      () => undefined,
    );
  }

  ask(request: HttpRequest, limit: number): Promise<HttpAnswer> {
    return withFreshLink(() => this.retry.ask(this.send, request, limit));
  }

  /** An exchange that is not repeated, whatever comes of it. */
  askOnce(request: HttpRequest, limit: number): Promise<HttpAnswer> {
    return this.retry.atMost(0).ask(this.send, request, limit);
  }

  open(request: HttpRequest): Promise<OpenedResponse> {
    return withFreshLink(() => this.retry.open(this.send, request));
  }

  private readonly send = async (request: HttpRequest): Promise<HttpResponse> => {
    const response = await this.options.send(request);
    const { url } = response;
    const isRedirected = response.redirectedFrom !== undefined || url.pathname !== request.url.pathname;
    if (!isRedirected) {
      this.base = new URL(this.base.pathname, url);
      if (url.protocol === 'http:' || this.options.isInsecure(url.host)) this.verified = false;
    }
    if (response.redirectedFrom && isSuccess(response)) this.options.storage?.learn(this.base.origin, url);
    this.limit = parseRateLimit(response.headers) ?? this.limit;
    return response;
  };
}

/** When a registry redirects to storage that refuses, its link may have expired: the next request gets a new one. */
async function withFreshLink<T extends HttpHead>(exchange: () => Promise<T>): Promise<T> {
  const answer = await exchange();
  const isStale = answer.redirectedFrom && answer.status >= 400 && answer.status < 500 && answer.status !== 416;
  return isStale ? exchange() : answer;
}

function parseRateLimit(headers: ReadonlyMap<string, string>): RateLimit | undefined {
  const limit = /^(\d+)(?:.*;\s*w=(\d+))?/.exec(headers.get('ratelimit-limit') ?? '');
  const remaining = /^(\d+)(?:.*;\s*w=(\d+))?/.exec(headers.get('ratelimit-remaining') ?? '');
  if (!limit && !remaining) return undefined;
  const window = limit?.[2] ?? remaining?.[2];
  const source = headers.get('docker-ratelimit-source');
  return {
    limit: limit ? Number(limit[1]) : undefined,
    remaining: remaining ? Number(remaining[1]) : undefined,
    windowSeconds: window === undefined ? undefined : Number(window),
    source,
  };
}
