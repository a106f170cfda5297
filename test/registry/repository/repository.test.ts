import { expect, test } from 'vitest';
import type { Endpoint } from '../../../src/registry/mirrors/endpoint.js';
import { startRegistry } from '../../support/faulty-registry.js';
import { blob, bytesOf, failureOf, hello, listen, openClient } from '../../support/reading.js';

const images = { 'hello:1': hello };

/** A repository whose first place is a mirror, and whose second is the registry itself. */
async function mirrored(mirror: { readonly host: string }, settings: Parameters<typeof openClient>[0] = {}) {
  const upstream = await startRegistry({ images });
  const endpoints = (): readonly Endpoint[] => [
    { registry: mirror.host, repository: 'hub/hello', mirror: true },
    { registry: upstream.host, repository: 'hello' },
  ];
  const told = listen();
  const client = openClient({ endpoints, log: told.log, ...settings });
  return { upstream, told, source: client.repository({ registry: upstream.host, repository: 'hello' }) };
}

test('a mirror that has everything is enough', async () => {
  const mirror = await startRegistry({ images: { 'hub/hello:1': hello } });
  const { upstream, source, told } = await mirrored(mirror);
  expect(await source.resolve('1')).toBe(hello.root.digest);
  await source.manifest(hello.root.digest);
  expect(await bytesOf(source.blob(blob.descriptor))).toEqual(blob.bytes);
  expect(await source.blobEnd(blob.descriptor, 4)).toEqual(blob.bytes.subarray(-4));
  expect(upstream.lines).toEqual([]);
  expect(told.warnings).toEqual([]);
  // Plain HTTP to a mirror says nothing of the registry that Nix will ask.
  expect(source.tlsVerify).toBe(true);
});

test.each([
  ['does not know the image', { images: {} }],
  ['fails', { images: {}, faults: [{ status: 500 }] }],
  [
    'sends other content',
    { images: { 'hub/hello:1': hello }, faults: [{ corrupt: true, headers: { 'docker-content-digest': undefined } }] },
  ],
])('the next place is tried when a mirror %s', async (_, options) => {
  const { upstream, source, told } = await mirrored(await startRegistry(options));
  expect((await source.manifest(hello.root.digest)).digest).toBe(hello.root.digest);
  expect(upstream.lines).toHaveLength(1);
  expect(told.warnings).toEqual([expect.stringMatching(/^the mirror 127\.0\.0\.1:\d+ was passed over: /)]);
  expect(source.tlsVerify).toBe(false);
});

test('a mirror that cannot be reached is asked once in a run', async () => {
  const mirror = await startRegistry({ faults: [{ reset: true }] });
  const { source, told } = await mirrored(mirror);
  await source.resolve('1');
  await source.manifest('1');
  await bytesOf(source.blob(blob.descriptor));
  expect(told.warnings).toHaveLength(1);
});

test('a download goes on at the next place when a mirror breaks off for good', async () => {
  const mirror = await startRegistry({
    images: { 'hub/hello:1': hello },
    faults: [
      { on: 'blobs', cutAfter: 9, times: 1 },
      { on: 'blobs', cutAfter: 0 },
    ],
  });
  const { upstream, source } = await mirrored(mirror, { retry: { retries: 1 } });
  expect(await bytesOf(source.blob(blob.descriptor))).toEqual(blob.bytes);
  expect(upstream.requests.at(-1)?.headers['range']).toBe(`bytes=9-${blob.bytes.length - 1}`);
});

test('the error of the registry itself is told when no place has the image', async () => {
  const { source, upstream } = await mirrored(await startRegistry());
  const failure = await failureOf(source.resolve('2'));
  expect(failure.message).toBe(
    `${upstream.host}/hello:2: the registry has no such tag, or no such repository; 'pullpin tags' lists the tags that it has`,
  );
  expect(upstream.lines).toHaveLength(2);
});
