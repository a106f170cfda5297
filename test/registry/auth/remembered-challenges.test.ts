import { beforeAll, describe, expect, test } from 'vitest';
import type { Endpoint } from '../../../src/registry/mirrors/endpoint.js';
import { makeTrustedServer } from '../../support/authority.js';
import { basicAuthentication, type Guard, registryError, startRegistry } from '../../support/faulty-registry.js';
import { ann, hello, listen, openClient, read } from '../../support/reading.js';
import { startTokenServer } from '../../support/token-server.js';

const images = { 'hello:1': hello, 'other:1': hello };
let server: Awaited<ReturnType<typeof makeTrustedServer>>;

beforeAll(async () => {
  server = await makeTrustedServer();
});

/** A cache that a test can look into. */
function openCache(entries: Readonly<Record<string, string>> = {}) {
  const kept = new Map(Object.entries(entries));
  return {
    kept,
    challengeCache: {
      get: (key: string) => kept.get(key),
      set: (key: string, text: string) => void (text === '' ? kept.delete(key) : kept.set(key, text)),
    },
  };
}

async function startGuarded() {
  const { tls, trust } = server;
  const tokens = await startTokenServer({ tls });
  return { tokens, trust, registry: await startRegistry({ images, guard: tokens.guard, tls }) };
}

test('the challenge that a registry sent over verified TLS saves the next run a refusal', async () => {
  const { registry, trust } = await startGuarded();
  const { challengeCache } = openCache();
  await read(registry.host, { trust, challengeCache }).resolve('1');
  expect(registry.lines).toHaveLength(2);
  registry.forget();
  await read(registry.host, { trust, challengeCache }, 'other').resolve('1');
  expect(registry.lines).toEqual(['HEAD /v2/other/manifests/1']);
});

describe('nothing is kept, and nothing kept is used,', () => {
  const poison = '{"scheme":"bearer","realm":"https://127.0.0.1:1/elsewhere"}';

  test('of a registry without verified TLS', async () => {
    const { tls, trust } = server;
    const tokens = await startTokenServer({ tls });
    for (const certificate of [undefined, tls]) {
      const registry = await startRegistry({ images, guard: tokens.guard, ...(certificate && { tls: certificate }) });
      const { kept, challengeCache } = openCache();
      const insecure = certificate ? [registry.host] : [];
      await read(registry.host, { trust, insecure, challengeCache, credentials: async () => undefined }).resolve('1');
      expect([...kept]).toEqual([]);
      for (const protocol of ['http', 'https']) kept.set(`${protocol}://${registry.host}`, poison);
      registry.forget();
      await read(registry.host, { trust, insecure, challengeCache }).resolve('1');
      expect(registry.lines).toHaveLength(2);
    }
  });

  test.each([true, false])('of a host that replaces a registry (a mirror: %s)', async (mirror) => {
    const { registry, trust } = await startGuarded();
    const { kept, challengeCache } = openCache();
    const name = { registry: 'registry.invalid', repository: 'hello' };
    const endpoints = (): Endpoint[] => [{ registry: registry.host, repository: 'hello', mirror }];
    await openClient({ trust, challengeCache, endpoints }).repository(name).manifest(hello.root.digest);
    expect([...kept]).toEqual([]);
    kept.set(`https://${registry.host}`, poison);
    registry.forget();
    await openClient({ trust, challengeCache, endpoints }).repository(name).manifest(hello.root.digest);
    expect(registry.lines).toHaveLength(2);
  });

  test('of a token server without TLS, which a registry with TLS may not name either', async () => {
    const { tls, trust } = server;
    const tokens = await startTokenServer();
    const registry = await startRegistry({ images, guard: tokens.guard, tls });
    const { kept, challengeCache } = openCache({
      [`https://${registry.host}`]: JSON.stringify({ scheme: 'bearer', realm: tokens.realm }),
    });
    await expect(read(registry.host, { trust, challengeCache }).resolve('1')).rejects.toThrow('which has no TLS');
    expect(tokens.lines).toEqual([]);
    kept.clear();
    const insecure = [tokens.host];
    await read(registry.host, { trust, challengeCache, insecure }).resolve('1');
    expect([...kept]).toEqual([]);
  });

  test('of a method that never worked', async () => {
    const { tls, trust } = server;
    const registry = await startRegistry({ images, guard: basicAuthentication('ann', 'another'), tls });
    const { kept, challengeCache } = openCache();
    await expect(
      read(registry.host, { trust, challengeCache, credentials: async () => ann }).resolve('1'),
    ).rejects.toThrow('refused your credentials');
    expect([...kept]).toEqual([]);
  });
});

test('a scope that does not hold the repository’s path is good for that repository only, also in later runs', async () => {
  const { tls, trust } = server;
  const tokens = await startTokenServer({ tls });
  // As Artifactory does where the path is not the name: each repository has a scope of its own.
  const guard: Guard = (request, repository) => {
    const refusal = tokens.guard(request, `virtual/${repository}`);
    if (!refusal) return undefined;
    return request.headers['authorization'] === undefined ? refusal : registryError(403, 'DENIED', 'denied');
  };
  const registry = await startRegistry({ images, guard, tls });
  const { challengeCache, kept } = openCache();
  const client = openClient({ trust, challengeCache });
  for (const repository of ['hello', 'other']) {
    await client.repository({ registry: registry.host, repository }).resolve('1');
  }
  expect(kept.size).toBe(2);
  registry.forget();
  const later = openClient({ trust, challengeCache });
  for (const repository of ['hello', 'other']) {
    expect(await later.repository({ registry: registry.host, repository }).resolve('1')).toBe(hello.root.digest);
  }
  expect(registry.lines).toHaveLength(2);
});

test.each([401, 403])(
  'a refusal with status %i of a remembered method decides nothing: the registry is asked again',
  async (status) => {
    const { tls, trust } = server;
    const tokens = await startTokenServer({ tls });
    const guard: Guard = (request, repository) =>
      request.headers['authorization']?.startsWith('Basic')
        ? registryError(status, 'DENIED', 'denied')
        : tokens.guard(request, repository);
    const registry = await startRegistry({ images, guard, tls });
    const key = `https://${registry.host}`;
    const { kept, challengeCache } = openCache({ [key]: '{"scheme":"basic"}' });
    const log = listen();
    const source = read(registry.host, { trust, challengeCache, credentials: async () => ann, log: log.log });
    // The token server does not know ann either, so that the public image is read without her.
    expect(await source.resolve('1')).toBe(hello.root.digest);
    expect(kept.get(key)).toContain('bearer');
    expect(log.warnings).toEqual([
      `${registry.host} refused the credentials from the test; hello was read without them`,
    ]);
  },
);

test('a remembered token server that is gone, or that accepts and never answers, does not delay a run for long', async () => {
  const { registry, trust } = await startGuarded();
  const silent = await startTokenServer({ tls: server.tls, faults: [{ delay: Number.POSITIVE_INFINITY }] });
  for (const realm of [silent.realm, 'https://127.0.0.1:1/gone']) {
    const { kept, challengeCache } = openCache({
      [`https://${registry.host}`]: JSON.stringify({ scheme: 'bearer', realm }),
    });
    const start = performance.now();
    expect(await read(registry.host, { trust, challengeCache }).resolve('1')).toBe(hello.root.digest);
    expect(performance.now() - start).toBeLessThan(10_000);
    expect([...kept.values()].join()).not.toContain(realm);
  }
});

test.each(['null', '[]', 'x', '{"scheme":"bearer","realm":7}', '\u0000'])(
  '%s in the cache is as good as nothing',
  async (text) => {
    const { registry, trust } = await startGuarded();
    const { challengeCache } = openCache({ [`https://${registry.host}`]: text });
    expect(await read(registry.host, { trust, challengeCache }).resolve('1')).toBe(hello.root.digest);
  },
);
