import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Cache } from '../../src/cache/cache.js';
import { type Pin, pinImage } from '../../src/pin/pin.js';
import { createRegistryClient } from '../../src/registry/client.js';
import { startRegistry } from '../support/faulty-registry.js';
import { type ImageContent, image, index } from '../support/images.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const CONFIG = '{"architecture":"amd64","os":"linux","config":{"Labels":{"a":"b"}}}';
const V1 = image({ config: CONFIG, layers: [{ bytes: Buffer.from('one') }, { bytes: Buffer.from('two') }] });
const V2 = image({ config: CONFIG, layers: [{ bytes: Buffer.from('one') }, { bytes: Buffer.from('three') }] });
const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM64 = { os: 'linux', architecture: 'arm64' };

const registry = await startRegistry();
const folder = join(temporaryFolder(), 'pullpin');

/** Pins an image as a new run would, and returns the requests that the registry got. */
async function run(name: string, finalTag?: string): Promise<{ pin: Pin; asked: string[] }> {
  const client = createRegistryClient();
  const before = registry.questions.length;
  try {
    const pin = await pinImage(`${registry.host}/${name}`, {
      registries: client,
      cache: new Cache(folder, { uid: process.getuid?.() }),
      temporaryFolder: temporaryFolder(),
      finalTag,
    });
    return {
      pin,
      asked: registry.questions.slice(before).map((question) => question.replace(/sha256:(.{6}).*/, '$1')),
    };
  } finally {
    await client.close();
  }
}

function indexOf(content: ImageContent, other: ImageContent): ImageContent {
  return index([
    { image: content, platform: AMD64 },
    { image: other, platform: ARM64 },
  ]);
}

test('the same image again costs a HEAD for its tag and one for its digest, and gives the same pin', async () => {
  registry.add('again:1', V1);
  const first = await run('again:1');
  expect(first.asked[0]).toBe('GET manifests/1');
  const second = await run('again:1');
  expect([...second.asked].sort()).toEqual([
    'HEAD manifests/1',
    expect.stringMatching(/^HEAD manifests\/[0-9a-f]{6}$/),
  ]);
  expect({ ...second.pin, manifest: {} }).toEqual({ ...first.pin, manifest: {} });
});

test('a tag that has moved is noticed', async () => {
  registry.add('moving:1', V1);
  const first = await run('moving:1');
  registry.add('moving:1', V2);
  const second = await run('moving:1');
  expect(second.pin.imageDigest).toBe(V2.root.digest);
  expect(second.pin.hash).not.toBe(first.pin.hash);
});

test('an image that is gone is noticed', async () => {
  registry.add('gone:1', V1);
  await run('gone:1');
  registry.remove(V1.root.digest);
  await expect(run('gone:1')).rejects.toThrow('gone');
  registry.add('gone:1', V1);
});

test('a new index around the same image costs no layer', async () => {
  registry.add('rebuilt:1', indexOf(V1, V1));
  const first = await run('rebuilt:1');
  registry.add('rebuilt:1', indexOf(V1, V2));
  const second = await run('rebuilt:1');
  expect(second.pin.imageDigest).not.toBe(first.pin.imageDigest);
  expect(second.pin.hash).toBe(first.pin.hash);
  expect(second.asked.filter((question) => question.includes('blobs'))).toEqual([]);
});

test('another tag in the archive gives another hash', async () => {
  registry.add('names:1', V1);
  const first = await run('names:1');
  const second = await run('names:1', '2');
  expect(second.pin.hash).not.toBe(first.pin.hash);
});

test('the media type that one registry gives decides nothing for another registry', async () => {
  const elsewhere = await startRegistry({
    images: { 'app:1': V1 },
    faults: [{ on: /manifests/, headers: { 'content-type': 'text/plain' } }],
  });
  const client = createRegistryClient();
  const cache = new Cache(join(temporaryFolder(), 'pullpin'), { uid: process.getuid?.() });
  const pinFrom = (host: string) =>
    pinImage(`${host}/app:1`, { registries: client, cache, temporaryFolder: temporaryFolder() });
  registry.add('app:1', V1);
  await expect(pinFrom(elsewhere.host)).rejects.toThrow('text/plain');
  await expect(pinFrom(elsewhere.host)).rejects.toThrow('text/plain');
  expect((await pinFrom(registry.host)).imageDigest).toBe(V1.root.digest);
  await client.close();
});

test.each(['text/html', 'application/json', 'application/vnd.oci.image.index.v1+json'])(
  'a manifest that was sent once as %s is asked for again in the next run',
  async (mediaType) => {
    const faulty = await startRegistry({
      images: { 'app:1': V1 },
      faults: [{ on: /GET .*manifests/, times: 1, headers: { 'content-type': mediaType } }],
    });
    const client = createRegistryClient();
    const cache = new Cache(join(temporaryFolder(), 'pullpin'), { uid: process.getuid?.() });
    const pin = () =>
      pinImage(`${faulty.host}/app:1`, { registries: client, cache, temporaryFolder: temporaryFolder() });
    await expect(pin()).rejects.toThrow();
    expect((await pin()).imageDigest).toBe(V1.root.digest);
    await client.close();
  },
);
