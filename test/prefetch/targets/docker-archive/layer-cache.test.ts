import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Cache } from '../../../../src/cache/cache.js';
import { pinImage } from '../../../../src/pin/pin.js';
import { createRegistryClient } from '../../../../src/registry/client.js';
import { startRegistry } from '../../../support/faulty-registry.js';
import { type ImageContent, image } from '../../../support/images.js';
import { createRandom } from '../../../support/random.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const MIB = 1024 * 1024;
const random = createRandom(3);
const CONFIG = '{"architecture":"amd64","os":"linux"}';
const BASE = [
  { bytes: random.bytes(9 * MIB), compression: 'none' as const },
  { bytes: random.bytes(9 * MIB), compression: 'gzip' as const },
];
const ON_BASE = image({ config: CONFIG, layers: [...BASE, { bytes: Buffer.from('app 1') }] });
const ALSO_ON_BASE = image({
  config: CONFIG,
  layers: [...BASE, { bytes: Buffer.from('app 2') }, { bytes: random.bytes(1000) }],
});

const registry = await startRegistry();
registry.add('app:1', ON_BASE);
registry.add('app:2', ALSO_ON_BASE);

async function pin(tag: string, finalTag: string, cache?: Cache): Promise<{ hash: string | undefined; blobs: number }> {
  const client = createRegistryClient();
  const before = registry.questions.length;
  try {
    const settings = { registries: client, finalTag, temporaryFolder: temporaryFolder(), cache };
    const { hash } = await pinImage(`${registry.host}/app:${tag}`, settings);
    return { hash, blobs: registry.questions.slice(before).filter((question) => question.includes('blobs')).length };
  } finally {
    await client.close();
  }
}

const newCache = (): Cache =>
  new Cache(join(temporaryFolder(), 'pullpin'), { uid: process.getuid?.(), keepsAllStates: true });
const blobsOf = (content: ImageContent): number => content.blobs.size;

describe('with the states of hashes', () => {
  test('for another name of a known image, no blob is downloaded', async () => {
    const cache = newCache();
    await pin('1', 'first', cache);
    const again = await pin('1', 'second', cache);
    expect(again).toEqual({ hash: (await pin('1', 'second')).hash, blobs: 0 });
  });

  test('for an image on a known base, only its own layers and its config are downloaded', async () => {
    const cache = newCache();
    await pin('1', 'x', cache);
    const other = await pin('2', 'x', cache);
    expect(other).toEqual({ hash: (await pin('2', 'x')).hash, blobs: blobsOf(ALSO_ON_BASE) - BASE.length - 1 });
  });
});

test('without a saved state, the cache still has what layers hold: their sizes need no request', async () => {
  const cache = newCache();
  await pin('1', 'x', cache);
  for (const name of readdirSync(cache.folder)) expect(name).toMatch(/^[a-z]+-[0-9a-f]{64}$/);
  const forgetful = new Cache(cache.folder, { uid: process.getuid?.() });
  forgetful.get = (kind, key) => (kind === 'prefix' ? undefined : Cache.prototype.get.call(forgetful, kind, key));
  const again = await pin('1', 'y', forgetful);
  expect(again).toEqual({ hash: (await pin('1', 'y')).hash, blobs: 3 });
});

test.each(['null', '[]', '{', '7', '{"digest":1,"size":"2","sha256":3}', '{"sha256":null,"size":-1}'])(
  'entries of the content %s count as none, and the pin is right',
  async (content) => {
    const cache = newCache();
    const { hash } = await pin('1', 'x', cache);
    const set = cache.set.bind(cache);
    cache.set = (kind, key, value) => set(kind, key, kind === 'repository' || kind === 'challenge' ? value : content);
    await pin('1', 'y', cache);
    await pin('2', 'x', cache);
    cache.set = set;
    expect((await pin('1', 'y', cache)).hash).toBe((await pin('1', 'y')).hash);
    expect((await pin('2', 'x', cache)).hash).toBe((await pin('2', 'x')).hash);
    expect((await pin('1', 'x', cache)).hash).toBe(hash);
  },
);
