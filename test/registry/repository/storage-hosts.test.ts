import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { Cache } from '../../../src/cache/cache.js';
import { type Authority, makeAuthority } from '../../support/authority.js';
import { type FaultyRegistry, startRegistry } from '../../support/faulty-registry.js';
import { blob, bytesOf, hello, openClient } from '../../support/reading.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** A registry over TLS that is not on loopback. */
async function tlsRegistry(authority: Authority, blobsAt?: string): Promise<FaultyRegistry> {
  const { certFile, keyFile } = await authority.issue({ subjectAltName: 'IP:0.0.0.0' });
  const tls = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  return startRegistry({
    images: { 'hello:1': hello },
    tls,
    address: '0.0.0.0',
    ...(blobsAt !== undefined && { blobsAt }),
  });
}

const repository = (registry: FaultyRegistry, settings: Parameters<typeof openClient>[0]) =>
  openClient(settings).repository({ registry: registry.host, repository: 'hello' });

test('the storage that a registry redirected to is connected to early in the next run, and asked nothing', async () => {
  const authority = await makeAuthority();
  const storage = await tlsRegistry(authority);
  const registry = await tlsRegistry(authority, `https://${storage.host}/v2/hello/blobs/`);
  const trust = async () => ({ ca: [readFileSync(authority.caFile, 'utf8')] });
  const challengeCache = new Cache(temporaryFolder()).challenges;
  await repository(registry, { trust, challengeCache }).manifest('1');
  expect(storage.connections).toBe(0);
  expect(await bytesOf(repository(registry, { trust, challengeCache }).blob(blob.descriptor))).toEqual(blob.bytes);
  const [connections, lines] = [storage.connections, storage.lines.length];
  expect(connections).toBeGreaterThan(0);
  await repository(registry, { trust, challengeCache }).manifest('1');
  await vi.waitFor(() => expect(storage.connections).toBe(connections + 3));
  expect(storage.lines).toHaveLength(lines);
});

test.each(['https://ann:secret@storage.example', 'http://storage.example', 'nonsense', ''])(
  'what the cache says of storage, %j, harms nothing',
  async (text) => {
    const authority = await makeAuthority();
    const registry = await tlsRegistry(authority);
    const trust = async () => ({ ca: [readFileSync(authority.caFile, 'utf8')] });
    const get = (key: string) => (key.startsWith('storage') ? text : undefined);
    const asked: string[] = [];
    const proxyFor = (url: URL): undefined => void asked.push(url.host);
    await repository(registry, { trust, proxyFor, challengeCache: { get, set: () => undefined } }).manifest('1');
    expect(new Set(asked)).toEqual(new Set([registry.host]));
  },
);

test('storage that an unverified registry names is not kept', async () => {
  const authority = await makeAuthority();
  const storage = await tlsRegistry(authority);
  const registry = await tlsRegistry(authority, `https://${storage.host}/v2/hello/blobs/`);
  const kept: string[] = [];
  const challengeCache = { get: () => undefined, set: (key: string) => void kept.push(key) };
  const insecure = [registry.host, storage.host];
  await bytesOf(repository(registry, { insecure, challengeCache }).blob(blob.descriptor));
  expect(kept).toEqual([]);
});
