import { afterEach, expect, test } from 'vitest';
import { createRegistryClient, type RegistryClient } from '../../src/registry/client.js';
import type { Credentials } from '../../src/registry/credentials.js';
import type { RegistrySettings } from '../../src/registry/settings.js';
import { basicAuthentication, startRegistry } from '../support/faulty-registry.js';
import { fixtureImages } from '../support/fixture-images.js';
import { startTokenServer } from '../support/token-server.js';

const hello = fixtureImages()['hello']!;
const [blobDigest, blobBytes] = [...hello.blobs][1]!;
const descriptor = { mediaType: 'application/octet-stream', digest: blobDigest, size: blobBytes.length };
const ann: Credentials = { kind: 'basic', username: 'ann', password: 'secret', source: 'the test' };

const clients: RegistryClient[] = [];
afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));

function read(registry: string, repository = 'hello', settings: RegistrySettings = {}) {
  const client = createRegistryClient({ retry: { pause: 1 }, ...settings });
  clients.push(client);
  return client.repository({ registry, repository });
}

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

test('a manifest, a digest and a blob take one request each', async () => {
  const registry = await startRegistry({ images: { 'hello:1': hello } });
  const source = read(registry.host);
  expect(await source.resolve('1')).toBe(hello.root.digest);
  expect(await source.manifest('1')).toEqual({ ...hello.root, bytes: Buffer.from(hello.root.bytes) });
  expect(await source.manifest(hello.root.digest)).toMatchObject({ digest: hello.root.digest });
  expect(await bytesOf(source.blob(descriptor))).toEqual(blobBytes);
  expect(await source.blobEnd(descriptor, 4)).toEqual(blobBytes.subarray(-4));
  expect(registry.questions).toEqual([
    'HEAD manifests/1',
    'GET manifests/1',
    `GET manifests/${hello.root.digest}`,
    `GET blobs/${blobDigest}`,
    `GET blobs/${blobDigest}`,
  ]);
  // One that tried TLS, one that all else went through.
  expect(registry.connections).toBe(2);
  expect(source.tlsVerify).toBe(false);
});

test('an anonymous bearer token is fetched once and serves all requests', async () => {
  const tokens = await startTokenServer();
  const registry = await startRegistry({ images: { 'hello:1': hello }, guard: tokens.guard });
  const source = read(registry.host);
  await source.resolve('1');
  await source.manifest('1');
  expect(registry.lines).toHaveLength(3);
  expect(tokens.lines).toEqual(['GET /token?service=tests&scope=repository%3Ahello%3Apull']);
});

test('basic authentication', async () => {
  const registry = await startRegistry({ images: { 'hello:1': hello }, guard: basicAuthentication('ann', 'secret') });
  const source = read(registry.host, 'hello', { credentials: async () => ann });
  await source.resolve('1');
  await source.manifest('1');
  expect(registry.lines).toHaveLength(3);
});

test('credentials do not follow a redirect to another host', async () => {
  const storage = await startRegistry({ images: { 'storage:1': hello } });
  const registry = await startRegistry({
    images: { 'hello:1': hello },
    guard: basicAuthentication('ann', 'secret'),
    blobsAt: `${storage.origin}/v2/storage/blobs/`,
  });
  const source = read(registry.host, 'hello', { credentials: async () => ann });
  expect(await bytesOf(source.blob(descriptor))).toEqual(blobBytes);
  expect(registry.requests.at(-1)?.headers['authorization']).toMatch(/^Basic /);
  expect(storage.requests.map(({ headers }) => headers['authorization'])).toEqual([undefined]);
});
