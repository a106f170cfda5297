import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { HttpRequest, HttpResponse } from '../../../src/registry/http/http.js';
import { createHopRules, followRedirects } from '../../../src/registry/http/redirects.js';

const rules = createHopRules(
  (host) => host === 'storage.corp:9000' || host === '10.0.0.9',
  () => false,
);

describe('where a server may send us', () => {
  test.each([
    ['https://registry.example', 'https://192.0.2.7/blob'],
    ['https://203.0.113.1', 'https://[2001:db8::1]/blob'],
    ['http://203.0.113.1', 'https://203.0.113.1/blob'],
    ['http://203.0.113.1', 'http://203.0.113.2/blob'],
    ['https://10.0.0.1', 'https://192.168.1.1/blob'],
    ['https://localhost:5000', 'https://127.0.0.1:9000/blob'],
    ['https://203.0.113.1', 'https://10.0.0.9/blob'],
    ['https://203.0.113.1', 'https://storage.corp:9000/blob'],
  ])('%s may send us to %s', async (from, to) => {
    await expect(rules(new URL(from), new URL(to))).resolves.toBeUndefined();
  });

  test.each([
    ['https://203.0.113.1', 'http://203.0.113.1/blob', 'leads from TLS to plain HTTP'],
    ['https://203.0.113.1', 'http://10.0.0.9/blob', 'leads from TLS to plain HTTP'],
    ['https://203.0.113.1', 'https://127.0.0.1/blob', 'from the public network to a private address'],
    ['https://203.0.113.1', 'https://127.1/blob', 'from the public network to a private address'],
    ['https://203.0.113.1', 'https://0x7f000001/blob', 'from the public network to a private address'],
    ['https://203.0.113.1', 'https://[::ffff:127.0.0.1]/blob', 'from the public network to a private address'],
    ['https://203.0.113.1', 'https://[fe80::1]/blob', 'from the public network to a private address'],
    ['https://203.0.113.1', 'https://localhost./blob', 'from the public network to a private address'],
    ['https://203.0.113.1', 'https://169.254.169.254/latest/meta-data', 'from the public network to a private address'],
    ['https://203.0.113.1', 'https://10.0.0.8/blob', 'to allow it, add --insecure 10.0.0.8'],
    ['https://203.0.113.1', 'file:///etc/passwd', 'leads to file:'],
    ['https://203.0.113.1', 'data:text/plain,x', 'leads to data:'],
    ['https://203.0.113.1', 'https://me@203.0.113.1/', 'name and password'],
  ])('%s may not send us to %s', async (from, to, problem) => {
    await expect(rules(new URL(from), new URL(to))).rejects.toThrow(problem);
  });
});

describe('a redirected request', () => {
  async function hops(locations: readonly string[], request: Partial<HttpRequest> & { readonly status?: number } = {}) {
    const sent: HttpRequest[] = [];
    const send = async (hop: HttpRequest): Promise<HttpResponse> => {
      const location = locations[sent.length];
      sent.push(hop);
      const headers = new Map(location === undefined ? [] : [['location', location]]);
      const status = location === undefined ? 200 : (request.status ?? 307);
      return { status, headers, url: hop.url, body: Readable.from([]), explain: (error) => error };
    };
    const { status: _, ...rest } = request;
    const first = {
      method: 'GET',
      url: new URL('https://a.example/v2/'),
      headers: { authorization: 'secret', range: 'x' },
      ...rest,
    } as const;
    await followRedirects(async () => undefined)(send)(first);
    return sent;
  }

  test('keeps its authorization on its origin, and gives it to no other, not even to the first one after a redirect through another', async () => {
    const sent = await hops(['/b', 'https://a.example:8443/c', 'https://a.example/d']);
    expect(sent.map(({ headers }) => headers)).toEqual([
      { authorization: 'secret', range: 'x' },
      { authorization: 'secret', range: 'x' },
      { range: 'x' },
      { range: 'x' },
    ]);
  });

  test('stays a HEAD', async () => {
    expect((await hops(['/b'], { method: 'HEAD', status: 303 }))[1]?.method).toBe('HEAD');
  });

  test('that posts a secret posts it again only when the server asks for that', async () => {
    const post = { method: 'POST', body: 'refresh_token=secret', headers: { 'content-type': 'form' } } as const;
    expect((await hops(['/b'], { ...post, status: 302 }))[1]).toEqual({
      method: 'GET',
      url: new URL('https://a.example/b'),
      headers: {},
    });
    expect((await hops(['/b'], { ...post, status: 307 }))[1]).toMatchObject(post);
    await expect(hops(['https://b.example/b'], { ...post, status: 307 })).rejects.toThrow('posted to another server');
  });
});
