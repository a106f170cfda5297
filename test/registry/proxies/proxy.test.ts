import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { createRegistryClient, type RegistryClient } from '../../../src/registry/client.js';
import { createProxies } from '../../../src/registry/proxies/proxies.js';
import { createTrust } from '../../../src/registry/tls/trust.js';
import { type DockerRegistry, startDockerRegistry } from '../../support/docker-registry.js';
import { fixtureImages } from '../../support/fixture-images.js';
import type { ImageContent } from '../../support/images.js';
import { failureOf, openClient } from '../../support/reading.js';
import { startTinyproxy, type Tinyproxy } from '../../support/tinyproxy.js';

const hello = fixtureImages()['hello'] as ImageContent;
const login = { username: 'ada', password: 'p4ss' };
let plain: DockerRegistry;
let secure: DockerRegistry;
let open: Tinyproxy;
let closed: Tinyproxy;

beforeAll(async () => {
  [plain, secure, open, closed] = await Promise.all([
    startDockerRegistry(),
    startDockerRegistry({ tls: true }),
    startTinyproxy(),
    startTinyproxy({ login }),
  ]);
  await Promise.all([plain, secure].map((registry) => registry.push('hello', 'latest', hello)));
});

/** The digest of hello:latest and how many bytes the index's first child has, all through what the environment says. */
async function read(registry: DockerRegistry, environment: Readonly<Record<string, string>>) {
  const client: RegistryClient = createRegistryClient({
    proxyFor: createProxies(environment),
    trust: createTrust({ environment, certsDirs: [], ...(secure.caFile !== undefined && { caFile: secure.caFile }) }),
    retry: { retries: 0 },
  });
  try {
    const repository = client.repository({ registry: registry.host, repository: 'hello' });
    const digest = await repository.resolve('latest');
    const { bytes } = await repository.manifest(digest);
    return { digest, bytes: Buffer.from(bytes).toString() };
  } finally {
    await client.close();
  }
}

const expected = { digest: hello.root.digest, bytes: Buffer.from(hello.root.bytes).toString() };

/** What a proxy saw since the last look. */
function watch(proxy: Tinyproxy): () => string[] {
  const before = proxy.requests().length;
  return () => proxy.requests().slice(before);
}

test('plain HTTP goes through the proxy in absolute form', async () => {
  const seen = watch(open);
  expect(await read(plain, { HTTP_PROXY: open.host, NO_PROXY: '' })).toEqual(expected);
  expect(seen()).toContain(`GET http://${plain.host}/v2/hello/manifests/${expected.digest}`);
  expect(seen().filter((line) => line.startsWith('CONNECT'))).toEqual([]);
});

test('TLS goes through a tunnel', async () => {
  const seen = watch(open);
  expect(await read(secure, { HTTPS_PROXY: `http://${open.host}`, NO_PROXY: '' })).toEqual(expected);
  expect(new Set(seen())).toEqual(new Set([`CONNECT ${secure.host}`]));
});

test('loopback, and what NO_PROXY names, is reached directly', async () => {
  const seen = watch(open);
  const proxies = { HTTP_PROXY: open.host, HTTPS_PROXY: open.host };
  expect(await read(plain, proxies)).toEqual(expected);
  expect(await read(secure, { ...proxies, NO_PROXY: '127.0.0.0/8' })).toEqual(expected);
  expect(seen()).toEqual([]);
});

describe('a proxy with a password', () => {
  test('takes the one in its URL', async () => {
    const seen = watch(closed);
    const proxy = `http://ada:p%34ss@${closed.host}`;
    expect(await read(plain, { HTTP_PROXY: proxy, NO_PROXY: '' })).toEqual(expected);
    expect(await read(secure, { HTTPS_PROXY: proxy, NO_PROXY: '' })).toEqual(expected);
    expect(seen().length).toBeGreaterThan(1);
  });

  test.each([
    ['a wrong password', 'ada:hidden@'],
    ['no password', ''],
  ])('%s is distinguished from one of the registry, and not shown', async (_, given) => {
    const proxy = `http://${given}${closed.host}`;
    for (const registry of [plain, secure]) {
      const error = await read(registry, { ALL_PROXY: proxy, NO_PROXY: '' }).catch((thrown: unknown) => thrown);
      expect((error as Error).message).toContain(`through the proxy ${closed.host}`);
      expect((error as Error).message).toContain('the proxy refuses the name and password in its URL, or needs some');
      expect(String((error as Error).stack)).not.toContain('hidden');
    }
  });
});

test('a proxy that wants a password for plain HTTP says so, too', async () => {
  await expect(read(plain, { HTTP_PROXY: closed.host, NO_PROXY: '' })).rejects.toThrow(
    'the proxy refuses the name and password in its URL, or needs some',
  );
});

test('a proxy that refuses to connect is named in the error', async () => {
  const strict = await startTinyproxy({ connectPorts: [443] });
  await expect(read(secure, { HTTPS_PROXY: strict.host, NO_PROXY: '' })).rejects.toThrow(
    `${secure.host}: (through the proxy ${strict.host}) the proxy refused to connect there (status 403)`,
  );
});

test('a proxy that cannot be reached is named in the error', async () => {
  const gone = await startTinyproxy();
  await gone.close();
  await expect(read(secure, { HTTPS_PROXY: gone.host, NO_PROXY: '' })).rejects.toThrow(gone.host);
  await expect(read(plain, { HTTP_PROXY: gone.host, NO_PROXY: '' })).rejects.toThrow(gone.host);
});

test('a server behind a proxy that says nothing is no reason to set a proxy', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => void sockets.push(socket.on('error', () => undefined))).listen(
    0,
    '127.0.0.1',
  );
  await once(silent, 'listening');
  const host = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const client = openClient({
    proxyFor: createProxies({ HTTPS_PROXY: open.host, NO_PROXY: '' }),
    timeLimits: { connect: 300 },
    retry: { retries: 0 },
  });
  const failure = await failureOf(client.repository({ registry: host, repository: 'hello' }).resolve('1'));
  expect(failure.message).toBe(
    `${host}: (through the proxy ${open.host}) no connection within 0.3 s; check the network, or whether this proxy is the right one, and gets there`,
  );
  expect(sockets.length).toBeGreaterThan(0);
  for (const socket of sockets) socket.destroy();
  silent.close();
});
