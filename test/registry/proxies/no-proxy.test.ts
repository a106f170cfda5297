import { describe, expect, test } from 'vitest';
import { createProxyExemption } from '../../../src/registry/proxies/no-proxy.js';

const isExempt = (list: string | undefined, url: string): boolean =>
  createProxyExemption(list === undefined ? {} : { NO_PROXY: list })(new URL(url));

describe('the list of golang.org/x/net/http/httpproxy', () => {
  const list =
    'foobar.com, .barbaz.net, *.wildcard.io, 192.168.1.1, 192.168.1.2:81, 192.168.1.3:80, 10.0.0.0/30, 2001:db8::52:0:1, ' +
    '[2001:db8::52:0:2]:443, [2001:db8::52:0:3]:80, 2002:db8:a::45/64, ported.org:8443';

  test.each([
    ['192.168.1.1', true],
    ['192.168.1.2', false],
    ['192.168.1.2:81', true],
    ['192.168.1.3', true],
    ['192.168.1.3:81', false],
    ['192.168.1.4', false],
    ['10.0.0.2', true],
    ['10.0.0.4', false],
    ['[::ffff:10.0.0.2]', true],
    ['[2001:db8::52:0:1]', true],
    ['[2001:db8::52:0:2]', false],
    ['[2001:db8::52:0:3]', true],
    ['[2002:db8:a::123]', true],
    ['[2002:db8:b::123]', false],
    ['[fe80::424b:c8be:1643:a1b6]', false],
    ['barbaz.net', false],
    ['www.barbaz.net', true],
    ['foobar.com', true],
    ['FooBar.com', true],
    ['foobar.com:5000', true],
    ['www.foobar.com', true],
    ['foofoobar.com', false],
    ['baz.com', false],
    ['barbarbaz.net', false],
    ['wildcard.io', false],
    ['nested.wildcard.io', true],
    ['awildcard.io', false],
    ['ported.org', false],
    ['ported.org:8443', true],
    ['sub.ported.org:8443', true],
  ])('%s', (host, exempt) => {
    expect(isExempt(list, `http://${host}/`)).toBe(exempt);
  });

  test('a port may be the default one of the scheme', () => {
    expect(isExempt('quay.io:443', 'https://quay.io/')).toBe(true);
    expect(isExempt('quay.io:443', 'http://quay.io/')).toBe(false);
  });

  test.each([
    ['.示例.com', 'http://www.示例.com/'],
    ['xn--fsq092h.com', 'http://www.示例.com/'],
    ['示例.com', 'http://www.xn--fsq092h.com/'],
  ])('names that are not ASCII: %s, %s', (entry, url) => {
    expect(isExempt(entry, url)).toBe(true);
  });

  test('an asterisk exempts all', () => {
    expect(isExempt('*', 'https://quay.io/')).toBe(true);
    expect(isExempt('a.org, * ,b.org', 'https://[2001:db8::1]/')).toBe(true);
  });

  test.each([':1', ',', '10.0.0.0/33', '1.2.3/8', '[::1', '[]', '2001:db8::/129', '*.', '.'])(
    'an entry that makes no sense matches nothing: %s',
    (entry) => {
      expect(isExempt(entry, 'http://example.com:1/')).toBe(false);
      expect(isExempt(entry, 'http://10.0.0.1/')).toBe(false);
    },
  );
});

describe('loopback is exempt unless NO_PROXY is set and empty', () => {
  test.each(['localhost', 'localhost:5000', '127.0.0.1', '127.9.8.7:5000', '[::1]:5000', '[::ffff:127.0.0.1]'])(
    '%s',
    (host) => {
      const exempt = (environment: Readonly<Record<string, string>>) =>
        createProxyExemption(environment)(new URL(`http://${host}`));
      expect(exempt({})).toBe(true);
      expect(exempt({ NO_PROXY: 'quay.io' })).toBe(true);
      expect(exempt({ NO_PROXY: '', no_proxy: 'quay.io' })).toBe(true);
      expect(exempt({ NO_PROXY: '' })).toBe(false);
      expect(exempt({ no_proxy: '' })).toBe(false);
    },
  );

  test.each(['localhost.net', 'local.localhost', '128.0.0.1', '[::2]'])('%s is not loopback', (host) => {
    expect(isExempt(undefined, `http://${host}`)).toBe(false);
  });
});

test('upper case comes before lower case', () => {
  const exempt = createProxyExemption({ NO_PROXY: 'a.org', no_proxy: 'b.org' });
  expect([exempt(new URL('http://a.org')), exempt(new URL('http://b.org'))]).toEqual([true, false]);
});
