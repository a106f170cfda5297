import { PullpinError } from '../../errors.js';
import { type Environment, type EnvironmentVariable, firstSet } from '../../machine/environment.js';
import { createProxyExemption } from './no-proxy.js';

/** The proxy through which a URL is reached, with its credentials; undefined when it is reached directly. Throws a ProxyError. */
export type ProxyFor = (url: URL) => URL | undefined;

/** A variable does not name a usable proxy. Its value is not shown: it may hold a password. */
export class ProxyError extends PullpinError {
  constructor(
    readonly variable: string,
    readonly problem: string,
  ) {
    super(`${variable} ${problem}`);
  }
}

/**
 * Chooses proxies as docker and skopeo do: HTTPS_PROXY, HTTP_PROXY and NO_PROXY by the rules of Go's golang.org/x/net/http/httpproxy,
 * upper case before lower case. ALL_PROXY, which Go does not know, replaces either.
 */
export function createProxies(environment: Environment): ProxyFor {
  const isExempt = createProxyExemption(environment);
  const proxies = new Map([
    ['https:', proxyOf(environment, ['HTTPS_PROXY', 'https_proxy'])],
    ['http:', proxyOf(environment, plainNames(environment))],
  ]);
  return (url) => {
    const proxy = proxies.get(url.protocol);
    return proxy === undefined || isExempt(url) ? undefined : proxy();
  };
}

/** In a CGI program HTTP_PROXY is what the client sent as its header `Proxy` (httpoxy, CVE-2016-5385). */
function plainNames(environment: Environment): string[] {
  return environment['REQUEST_METHOD'] ? ['http_proxy'] : ['HTTP_PROXY', 'http_proxy'];
}

/** Looks at the value only when a URL needs it, so that a bad one does not stop those that do not. */
function proxyOf(environment: Environment, names: readonly string[]): (() => URL) | undefined {
  const variable = firstSet(environment, [...names, 'ALL_PROXY', 'all_proxy']);
  let proxy: URL | undefined;
  return (
    variable &&
    (() => {
      proxy ??= parseProxy(variable);
      return proxy;
    })
  );
}

function parseProxy({ name, value }: EnvironmentVariable): URL {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value) ?? [];
  if (scheme?.toLowerCase().startsWith('socks')) {
    throw new ProxyError(
      name,
      'names a SOCKS proxy, which pullpin cannot use; name an HTTP proxy or unset the variable',
    );
  }
  // The URL parser reads a backslash as a slash, so that a Windows login DOMAIN\\NAME would become another host.
  if (value.includes('\\'))
    throw new ProxyError(name, 'has a backslash; in a name or a password write %5C (its value is not shown)');
  const address = scheme === undefined ? `http://${value}` : value;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url && isHttp && isDecodable(url.username) && isDecodable(url.password)) return url;
  throw new ProxyError(name, 'is not the address of a proxy; write http://host:port (its value is not shown)');
}

/** The WHATWG parser leaves a stray percent sign as it is, and decodeURIComponent would throw on it. */
function isDecodable(text: string): boolean {
  return !/%(?![0-9a-f]{2})/i.test(text);
}
