import { isIP } from 'node:net';
import { discard } from './body.js';
import { RegistryError } from './errors.js';
import { type HttpRequest, type HttpResponse, shownUrl, type Wrapper } from './http.js';
import type { IsInsecure } from './limits.js';
import { isLoopback, isPrivateAddress } from './private-address.js';

/** A server redirected to a place that is not allowed. */
export class RedirectError extends RegistryError {
  constructor(
    readonly from: URL,
    readonly location: string,
    problem: string,
  ) {
    super(`${shownUrl(from)}: ${problem}`);
  }
}

const MAX_REDIRECTS = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Throws a RedirectError unless a server at `from` may redirect to `to`. */
export type CheckHop = (from: URL, to: URL) => Promise<void>;

/** Follows redirects. The authorization for one origin is never sent to another. */
export function followRedirects(checkHop: CheckHop): Wrapper {
  return (next) => async (request) => {
    let current = request;
    for (let hops = 0; ; hops += 1) {
      const response = await next(current);
      const location = response.headers.get('location');
      if (!REDIRECTS.has(response.status) || location === undefined) return withOrigin(response, request);
      await discard(response);
      const target = resolveLocation(response.url, location, hops);
      await checkHop(response.url, target);
      current = redirected(current, response, target);
    }
  };
}

/** Adds to an answer from another origin which URL was asked. */
function withOrigin(response: HttpResponse, { url }: HttpRequest): HttpResponse {
  return response.url.origin === url.origin ? response : { ...response, redirectedFrom: url };
}

function resolveLocation(from: URL, location: string, hops: number): URL {
  if (hops === MAX_REDIRECTS) throw new RedirectError(from, location, `more than ${MAX_REDIRECTS} redirects`);
  if (!URL.canParse(location, from.href)) {
    throw new RedirectError(from, location, 'redirects to something that is not a URL');
  }
  return new URL(location, from);
}

function redirected(request: HttpRequest, { status, url }: HttpResponse, target: URL): HttpRequest {
  const headers = new Map(Object.entries(request.headers));
  const { method, body } = request;
  const isElsewhere = target.origin !== url.origin;
  if (isElsewhere) headers.delete('authorization');
  // A POST is repeated only where the server says so, and nothing is sent after a 303 (RFC 9110, section 15.4).
  if ((method === 'POST' && status < 307) || (method === 'PUT' && status === 303)) {
    headers.delete('content-type');
    return { method: 'GET', url: target, headers: Object.fromEntries(headers) };
  }
  if (isElsewhere && body !== undefined) {
    throw new RedirectError(url, target.href, `redirects what was posted to another server (${shownUrl(target)})`);
  }
  return { method, url: target, headers: Object.fromEntries(headers), body };
}

/**
 * The rules for redirects: only to http and https, never from https to http, and never from the public network to a private address,
 * unless it is named as insecure. Behind a proxy only literal addresses are checked, because the proxy looks names up.
 */
export function createHopRules(isInsecure: IsInsecure, isProxied: (url: URL) => boolean): CheckHop {
  return async (from, to) => {
    const refuse = (problem: string): never => {
      throw new RedirectError(from, to.href, `${problem} (to ${shownUrl(to)})`);
    };
    if (to.protocol !== 'https:' && to.protocol !== 'http:')
      refuse(`leads to ${to.protocol}, which is not a web address`);
    if (from.protocol === 'https:' && to.protocol === 'http:') refuse('leads from TLS to plain HTTP');
    if (to.username !== '' || to.password !== '') refuse('leads to a URL with a name and password in it');
    if (from.hostname === to.hostname || isInsecure(to.host)) return;
    if ((await isInternal(to, isProxied)) && !(await isInternal(from, isProxied))) {
      refuse(`leads from the public network to a private address; to allow it, add --insecure ${to.host}`);
    }
  };
}

async function isInternal(url: URL, isProxied: (url: URL) => boolean): Promise<boolean> {
  const { hostname } = url;
  if (isLoopback(hostname) || isPrivateAddress(hostname)) return true;
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 || isProxied(url)) return false;
  const { lookup } = await import('node:dns/promises');
  const addresses = await lookup(hostname, { all: true }).catch(() => []);
  return addresses.some(({ address }) => isPrivateAddress(address));
}
