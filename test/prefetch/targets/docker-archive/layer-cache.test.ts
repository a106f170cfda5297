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

const newMemory = (): Cache => new Cache(join(temporaryFolder(), 'pullpin'), process.getuid?.(), true);
const blobsOf = (content: ImageContent): number => content.blobs.size;

describe('with the states of hashes', () => {
  test('another name for a known image costs no blob at all', async () => {
    const cache = newMemory();
    await pin('1', 'first', cache);
    const again = await pin('1', 'second', cache);
    expect(again).toEqual({ hash: (await pin('1', 'second')).hash, blobs: 0 });
  });

  test('an image on a known base costs its own layers and its config', async () => {
    const cache = newMemory();
    await pin('1', 'x', cache);
    const other = await pin('2', 'x', cache);
    expect(other).toEqual({ hash: (await pin('2', 'x')).hash, blobs: blobsOf(ALSO_ON_BASE) - BASE.length - 1 });
  });
});

test('without a state, what layers hold is still known: their sizes need no request', async () => {
  const cache = newMemory();
  await pin('1', 'x', cache);
  for (const name of readdirSync(cache.folder)) expect(name).toMatch(/^[a-z]+-[0-9a-f]{64}$/);
  const forgetful = new Cache(cache.folder, process.getuid?.());
  forgetful.get = (kind, key) => (kind === 'prefix' ? undefined : Cache.prototype.get.call(forgetful, kind, key));
  const again = await pin('1', 'y', forgetful);
  expect(again).toEqual({ hash: (await pin('1', 'y')).hash, blobs: 3 });
});
