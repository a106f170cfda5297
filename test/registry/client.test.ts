import { expect, test } from 'vitest';
import { basicAuthentication, startRegistry } from '../support/faulty-registry.js';
import { fixtureImages } from '../support/fixture-images.js';
import { ann, blob, bytesOf, hello, openClient, read } from '../support/reading.js';
import { startTokenServer } from '../support/token-server.js';

test('a manifest, a digest and a blob take one request each, over one connection', async () => {
  const registry = await startRegistry({ images: { 'hello:1': hello } });
  const source = read(registry.host);
  expect(await source.resolve('1')).toBe(hello.root.digest);
  expect(await source.manifest('1')).toEqual({ ...hello.root, bytes: Buffer.from(hello.root.bytes) });
  expect(await source.manifest(hello.root.digest)).toMatchObject({ digest: hello.root.digest });
  expect(await bytesOf(source.blob(blob.descriptor))).toEqual(blob.bytes);
  expect(await source.blobEnd(blob.descriptor, 4)).toEqual(blob.bytes.subarray(-4));
  expect(registry.questions).toEqual([
    'HEAD manifests/1',
    'GET manifests/1',
    `GET manifests/${hello.root.digest}`,
    `GET blobs/${blob.descriptor.digest}`,
    `GET blobs/${blob.descriptor.digest}`,
  ]);
  expect(registry.connections).toBe(1);
  expect(source.tlsVerify).toBe(false);
});

test('all six types of manifests are accepted', async () => {
  const registry = await startRegistry({ images: { 'hello:1': hello } });
  await read(registry.host).resolve('1');
  expect(registry.requests[0]?.headers['accept']?.split(', ')).toEqual([
    'application/vnd.oci.image.manifest.v1+json',
    'application/vnd.docker.distribution.manifest.v2+json',
    'application/vnd.docker.distribution.manifest.v1+prettyjws',
    'application/vnd.docker.distribution.manifest.v1+json',
    'application/vnd.docker.distribution.manifest.list.v2+json',
    'application/vnd.oci.image.index.v1+json',
  ]);
});

test('fifty digests of one guarded registry take one challenge, and one token and one HEAD each', async () => {
  const tokens = await startTokenServer();
  const names = Array.from({ length: 50 }, (_, index) => `image-${index}`);
  const registry = await startRegistry({
    images: Object.fromEntries(names.map((name) => [`${name}:1`, hello])),
    guard: tokens.guard,
  });
  const client = openClient({ concurrency: 1 });
  await Promise.all(names.map((repository) => client.repository({ registry: registry.host, repository }).resolve('1')));
  expect(registry.lines).toHaveLength(51);
  expect(tokens.lines).toHaveLength(50);
  expect(registry.mostAtOnce).toBeLessThanOrEqual(4);
});

test('no more downloads run at one registry at a time than are allowed, and look-ups wait for none of them', async () => {
  const images = fixtureImages();
  const registry = await startRegistry({
    images: { 'hello:1': hello, 'zstd:1': images['zstd']! },
    faults: [{ delay: 20 }],
  });
  const client = openClient({ concurrency: 2 });
  const sources = ['hello', 'zstd'].map((repository) => client.repository({ registry: registry.host, repository }));
  const downloads = sources.flatMap((source) => Array.from({ length: 4 }, () => source.blob(blob.descriptor)));
  await Promise.all(downloads.map(bytesOf));
  expect(registry.mostAtOnce).toBe(2);
  const paused = downloads.slice(0, 2).map((_, at) => sources[at]!.blob(blob.descriptor)[Symbol.asyncIterator]());
  await Promise.all(paused.map((each) => each.next()));
  await Promise.all(sources.flatMap((source) => [source.resolve('1'), source.manifest('1')]));
  await Promise.all(paused.map((each) => each.return?.()));
});

test('Docker Hub is spoken to at registry-1.docker.io', async () => {
  const asked: string[] = [];
  const client = openClient({
    proxyFor: (url) => {
      asked.push(url.host);
      throw new Error('no further');
    },
  });
  await expect(client.repository({ registry: 'docker.io', repository: 'library/redis' }).resolve('7')).rejects.toThrow(
    'no further',
  );
  // Its token server is known.
  expect(asked).toEqual(['registry-1.docker.io', 'auth.docker.io']);
});

test('nothing is opened before the first piece of a blob is asked for, and leaving it closes the connection', async () => {
  const content = Buffer.alloc(8 * 1024 * 1024, 'x');
  const registry = await startRegistry({
    images: { 'hello:1': { ...hello, blobs: new Map([[blob.descriptor.digest, content]]) } },
  });
  const pieces = read(registry.host).blob({ ...blob.descriptor, size: content.length });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(registry.connections).toBe(0);
  for await (const piece of pieces) {
    expect(piece.length).toBeGreaterThan(0);
    expect(registry.underWay).toBe(1);
    break;
  }
  expect(registry.lines).toHaveLength(1);
  await expect.poll(() => registry.underWay).toBe(0);
});

test('an aborted client fails with the reason, also within a body and a pause', async () => {
  const registry = await startRegistry({
    images: { 'hello:1': hello },
    faults: [
      { on: 'blobs', stallAfter: 1 },
      { on: 'manifests/2', status: 503 },
      { on: 'manifests/3', delay: Number.POSITIVE_INFINITY },
    ],
  });
  const controller = new AbortController();
  const source = read(registry.host, { signal: controller.signal, retry: { pause: 10_000 } });
  await source.resolve('1');
  const waiting = [source.resolve('2'), source.resolve('3'), bytesOf(source.blob(blob.descriptor))].map((promise) =>
    expect(promise).rejects.toThrow('enough'),
  );
  setTimeout(() => controller.abort(new Error('enough')), 100);
  await Promise.all(waiting);
  await expect(source.resolve('1')).rejects.toThrow('enough');
});

test('credentials do not follow a redirect to another host', async () => {
  const storage = await startRegistry({ images: { 'storage:1': hello } });
  const registry = await startRegistry({
    images: { 'hello:1': hello },
    guard: basicAuthentication('ann', 'secret-of-ann'),
    blobsAt: `${storage.origin}/v2/storage/blobs/`,
  });
  const source = read(registry.host, { credentials: async () => ann });
  expect(await bytesOf(source.blob(blob.descriptor))).toEqual(blob.bytes);
  expect(registry.requests.at(-1)?.headers['authorization']).toMatch(/^Basic /);
  expect(storage.requests.map(({ headers }) => headers['authorization'])).toEqual([undefined]);
});
