import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { FirstContact } from '../../../src/registry/http/first-contact.js';
import type { HttpResponse, Send } from '../../../src/registry/http/http.js';
import { createPace } from '../../../src/registry/http/pace.js';
import { makeAuthority } from '../../support/authority.js';
import { startRegistry } from '../../support/faulty-registry.js';
import { hello, openClient } from '../../support/reading.js';
import { startTokenServer } from '../../support/token-server.js';

const REQUEST = { method: 'GET', url: new URL('https://registry.example/v2/'), headers: {} } as const;
const OTHER = { ...REQUEST, url: new URL('https://other.example/v2/') };

/** A request that waits for its answer. */
interface HeldRequest {
  readonly answer: () => void;
  readonly fail: () => void;
}

/** A server that answers when it is told to. */
function heldServer() {
  const waiting: HeldRequest[] = [];
  const send: Send = () =>
    new Promise((resolve, reject) => {
      waiting.push({ answer: () => resolve({} as HttpResponse), fail: () => reject(new Error('broken')) });
    });
  return { waiting, send };
}

/** How many requests reach the server while nothing is answered. */
async function reached({ waiting }: ReturnType<typeof heldServer>): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  return waiting.length;
}

/** What servers over TLS need that are not on loopback, where each is asked first whether it speaks TLS. */
async function elsewhere() {
  const authority = await makeAuthority();
  const { certFile, keyFile } = await authority.issue({ subjectAltName: 'IP:0.0.0.0' });
  const trust = async () => ({ ca: [readFileSync(authority.caFile, 'utf8')] });
  return { options: { tls: { cert: readFileSync(certFile), key: readFileSync(keyFile) }, address: '0.0.0.0' }, trust };
}

test.each([
  ['the first is answered', ({ waiting }: ReturnType<typeof heldServer>) => waiting[0]?.answer()],
  ['the first fails', ({ waiting }: ReturnType<typeof heldServer>) => waiting[0]?.fail()],
  ['there is a token for what the host asks for', (_: unknown, contact: FirstContact) => contact.learned(REQUEST.url)],
])('requests to a host that nothing is known of wait until %s', async (_, happen) => {
  const [server, contact] = [heldServer(), new FirstContact()];
  const send = contact.wrapper(() => false)(server.send);
  for (const request of [REQUEST, REQUEST, REQUEST, OTHER]) send(request).catch(() => undefined);
  expect(await reached(server)).toBe(2);
  happen(server, contact);
  expect(await reached(server)).toBe(4);
});

test('requests to a host that is known do not wait', async () => {
  const server = heldServer();
  const send = new FirstContact().wrapper(({ host }) => host === REQUEST.url.host)(server.send);
  for (const request of [REQUEST, REQUEST, OTHER, OTHER]) void send(request);
  expect(await reached(server)).toBe(3);
});

test('many look-ups cost one refusal, and one fetch of a token, whatever is known', async () => {
  const { options, trust } = await elsewhere();
  const tokens = await startTokenServer(options);
  const registry = await startRegistry({ ...options, images: { 'hello:1': hello }, guard: tokens.guard });
  const kept = new Map<string, string>();
  const challengeCache = {
    get: (key: string) => kept.get(key),
    set: (key: string, text: string) => kept.set(key, text),
  };
  const run = async () => {
    const source = openClient({ trust, challengeCache }).repository({ registry: registry.host, repository: 'hello' });
    await Promise.all(Array.from({ length: 10 }, () => source.resolve('1')));
    return [registry.lines.length, tokens.lines.length];
  };
  expect(await run()).toEqual([11, 1]);
  expect(await run()).toEqual([21, 2]);
});

test.each([
  ['elsewhere', '0.0.0.0', 0],
  ['on loopback', '127.0.0.1', 1],
])(
  'many look-ups at a host %s find out once that it speaks plain HTTP, even if it asks for a token',
  async (_, address, pings) => {
    const tokens = await startTokenServer({ address });
    const registry = await startRegistry({ address, images: { 'hello:1': hello }, guard: tokens.guard });
    tokens.fail({ on: 'token', delay: 200 });
    const client = openClient({ insecure: [registry.host, tokens.host] });
    const source = client.repository({ registry: registry.host, repository: 'hello' });
    await Promise.all(Array.from({ length: 10 }, () => source.resolve('1')));
    expect([registry.pings, registry.lines.length, tokens.lines.length]).toEqual([pings, 11, 1]);
    expect(registry.connections).toBeLessThanOrEqual(11);
  },
);

test('connections for all look-ups, and to the token server that is known, are opened before the first is answered', async () => {
  const { options, trust } = await elsewhere();
  const [tokens, registry] = [await startTokenServer(options), await startRegistry(options)];
  const method = JSON.stringify({ scheme: 'bearer', realm: tokens.realm });
  const get = (key: string) => (key === registry.origin ? method : undefined);
  tokens.fail({ on: 'token', delay: 60_000 });
  const client = openClient({ trust, challengeCache: { get, set: () => undefined } });
  const source = client.repository({ registry: registry.host, repository: 'hello' });
  const answers = Array.from({ length: 5 }, () => source.resolve('1').catch(() => undefined));
  await vi.waitFor(() => expect([registry.connections, tokens.connections]).toEqual([5, 1]));
  expect(registry.lines).toEqual([]);
  await client.close();
  await Promise.all(answers);
});

test('where requests are held back, few connections are opened before their turn', async () => {
  const { options, trust } = await elsewhere();
  const registry = await startRegistry({ ...options, images: { 'hello:1': hello } });
  const end = new AbortController();
  const client = openClient({ trust, pace: createPace(2, end.signal) });
  const source = client.repository({ registry: registry.host, repository: 'hello' });
  const answers = Array.from({ length: 20 }, () => source.resolve('1').catch(() => undefined));
  await vi.waitFor(() => expect(registry.lines).toHaveLength(2));
  expect(registry.connections).toBeLessThanOrEqual(4);
  end.abort();
  await Promise.all(answers);
});

test('a wrong password is tried by the first look-up, and not by each of those that waited for it', async () => {
  const { options, trust } = await elsewhere();
  const tokens = await startTokenServer({ ...options, users: { ann: 'right' }, isPublic: () => false });
  const registry = await startRegistry({ ...options, images: { 'hello:1': hello }, guard: tokens.guard });
  const credentials = async () => ({ kind: 'basic', username: 'ann', password: 'wrong', source: 'the test' }) as const;
  const source = openClient({ trust, credentials }).repository({ registry: registry.host, repository: 'hello' });
  const answers = await Promise.allSettled(Array.from({ length: 20 }, () => source.resolve('1')));
  expect(answers.every(({ status }) => status === 'rejected')).toBe(true);
  expect(tokens.requests.filter(({ headers }) => headers['authorization']).length).toBeLessThanOrEqual(3);
});
