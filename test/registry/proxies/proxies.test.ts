import { describe, expect, test } from 'vitest';
import { createProxies, ProxyError } from '../../../src/registry/proxies/proxies.js';

const proxyFor = (environment: Readonly<Record<string, string>>, url: string): string | undefined =>
  createProxies(environment)(new URL(url))?.href;

describe('which proxy a URL is reached through', () => {
  test.each([
    [{ HTTP_PROXY: '127.0.0.1:8080' }, 'http://example.com/', 'http://127.0.0.1:8080/'],
    [{ HTTP_PROXY: 'cache.corp.example.com:1234' }, 'http://example.com/', 'http://cache.corp.example.com:1234/'],
    [{ HTTP_PROXY: 'cache.corp.example.com' }, 'http://example.com/', 'http://cache.corp.example.com/'],
    [{ HTTP_PROXY: 'localhost:3128' }, 'http://example.com/', 'http://localhost:3128/'],
    [{ HTTP_PROXY: 'https://cache.corp.example.com' }, 'http://example.com/', 'https://cache.corp.example.com/'],
    [{ HTTPS_PROXY: 'ada:s%40c@cache:1234' }, 'https://example.com/', 'http://ada:s%40c@cache:1234/'],
    [{ HTTP_PROXY: 'plain', HTTPS_PROXY: 'secure' }, 'http://example.com/', 'http://plain/'],
    [{ HTTP_PROXY: 'plain', HTTPS_PROXY: 'secure' }, 'https://example.com/', 'http://secure/'],
    [{ HTTP_PROXY: 'plain' }, 'https://example.com/', undefined],
    [{ HTTPS_PROXY: 'secure' }, 'http://example.com/', undefined],
    [{}, 'https://example.com/', undefined],
    [{ http_proxy: 'lower' }, 'http://example.com/', 'http://lower/'],
    [{ http_proxy: 'lower', HTTP_PROXY: 'upper' }, 'http://example.com/', 'http://upper/'],
    [{ http_proxy: 'lower', HTTP_PROXY: '' }, 'http://example.com/', 'http://lower/'],
    [{ ALL_PROXY: 'all' }, 'http://example.com/', 'http://all/'],
    [{ ALL_PROXY: 'all' }, 'https://example.com/', 'http://all/'],
    [{ ALL_PROXY: 'all', https_proxy: 'own' }, 'https://example.com/', 'http://own/'],
    [{ all_proxy: 'all', NO_PROXY: 'example.com' }, 'https://example.com/', undefined],
    [{ HTTPS_PROXY: 'secure', NO_PROXY: 'quay.io' }, 'https://example.com/', 'http://secure/'],
  ])('%j %s', (environment, url, proxy) => {
    expect(proxyFor(environment as Record<string, string>, url)).toBe(proxy);
  });
});

test('a CGI program does not take HTTP_PROXY from the client of its server', () => {
  const cgi = { REQUEST_METHOD: 'GET', HTTP_PROXY: 'evil' };
  expect(proxyFor(cgi, 'http://example.com/')).toBeUndefined();
  expect(proxyFor({ ...cgi, http_proxy: 'good' }, 'http://example.com/')).toBe('http://good/');
  expect(proxyFor({ ...cgi, HTTPS_PROXY: 'good' }, 'https://example.com/')).toBe('http://good/');
});

describe('an unusable value is refused with the name of its variable, and not shown', () => {
  test.each([
    ['socks5://ada:hidden@proxy:1080', 'ALL_PROXY names a SOCKS proxy, which pullpin cannot use'],
    ['SOCKS5H://proxy', 'ALL_PROXY names a SOCKS proxy'],
    ['http://CORP\\ada:hidden@proxy:3128', 'ALL_PROXY has a backslash; in a name or a password write %5C'],
    ['CORP\\ada:hidden@proxy:3128', 'ALL_PROXY has a backslash'],
    ['http://', 'ALL_PROXY is not the address of a proxy; write http://host:port'],
    ['http://ada:hidden@proxy:99999', 'ALL_PROXY is not the address of a proxy'],
    ['hidden with spaces', 'ALL_PROXY is not the address of a proxy'],
    ['http://ada:100%hidden@proxy', 'ALL_PROXY is not the address of a proxy'],
    ['ftp://hidden', 'ALL_PROXY is not the address of a proxy'],
  ])('%s', (value, message) => {
    const proxies = createProxies({ ALL_PROXY: value });
    const act = () => proxies(new URL('https://example.com/'));
    expect(act).toThrow(ProxyError);
    expect(act).toThrow(message);
    expect(act).not.toThrow('hidden');
    expect(proxies(new URL('https://localhost/'))).toBeUndefined();
  });
});
