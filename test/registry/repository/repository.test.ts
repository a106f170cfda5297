import { describe, expect, test } from 'vitest';
import type { TaggedSource } from '../../../src/oci/image-source.js';
import { verified, withoutDamage } from '../../../src/oci/verified.js';
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
  const heard = listen();
  const client = openClient({ endpoints, log: heard.log, ...settings });
  return { upstream, heard, source: client.repository({ registry: upstream.host, repository: 'hello' }) };
}

test('a mirror that has everything is enough', async () => {
  const mirror = await startRegistry({ images: { 'hub/hello:1': hello } });
  const { upstream, source, heard } = await mirrored(mirror);
  expect(await source.resolve('1')).toBe(hello.root.digest);
  await source.manifest(hello.root.digest);
  expect(await bytesOf(source.blob(blob.descriptor))).toEqual(blob.bytes);
  expect(await source.blobEnd(blob.descriptor, 4)).toEqual(blob.bytes.subarray(-4));
  expect(upstream.lines).toEqual([]);
  expect(heard.warnings).toEqual([]);
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
  ['shows a sign-in page', { faults: [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }] }],
])('the next place is tried when a mirror %s', async (_, options) => {
  const { upstream, source, heard } = await mirrored(await startRegistry(options));
  expect((await source.manifest(hello.root.digest)).digest).toBe(hello.root.digest);
  expect(upstream.lines).toHaveLength(1);
  expect(heard.warnings).toEqual([expect.stringMatching(/^the mirror 127\.0\.0\.1:\d+ was skipped: /)]);
  expect(source.tlsVerify).toBe(false);
});

test('a mirror that cannot be reached is asked once in a run', async () => {
  const mirror = await startRegistry({ faults: [{ reset: true }] });
  const { source, heard } = await mirrored(mirror);
  await source.resolve('1');
  await source.manifest('1');
  await bytesOf(source.blob(blob.descriptor));
  expect(heard.warnings).toHaveLength(1);
});

test('a download resumes at the next place when a mirror breaks off for good', async () => {
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

test('the error of the registry itself is reported when no place has the image', async () => {
  const { source, upstream } = await mirrored(await startRegistry());
  const failure = await failureOf(source.resolve('2'));
  expect(failure.message).toBe(
    `${upstream.host}/hello:2: the registry has no such tag, or no such repository; to list its tags: pullpin tags ${upstream.host}/hello`,
  );
  expect(upstream.lines).toHaveLength(2);
});

test('a mirror learns whose mirror it is, as from containerd; the registry does not', async () => {
  const mirror = await startRegistry({ images: { 'hub/hello:1': hello }, faults: [{ on: 'blobs', status: 404 }] });
  const { source, upstream } = await mirrored(mirror);
  await source.manifest(hello.root.digest);
  await bytesOf(source.blob(blob.descriptor));
  const ns = `?ns=${encodeURIComponent(upstream.host)}`;
  expect(mirror.lines).toEqual([
    `GET /v2/hub/hello/manifests/${hello.root.digest}${ns}`,
    `GET /v2/hub/hello/blobs/${blob.descriptor.digest}${ns}`,
  ]);
  expect(upstream.lines).toEqual([`GET /v2/hello/blobs/${blob.descriptor.digest}`]);
});

describe('a damaged blob', () => {
  const reading = (source: TaggedSource) =>
    withoutDamage(source, () => bytesOf(verified(source.blob(blob.descriptor), blob.descriptor)));

  test.each([
    ['is damaged there', { corrupt: true }],
    ['is a sign-in page there', { headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' }],
    ['is longer there', { body: `${'x'.repeat(9000)}` }],
    ['is something else there', { body: 'something else' }],
  ])('of a mirror is read from the next place when it %s', async (_, fault) => {
    const mirror = await startRegistry({ images: { 'hub/hello:1': hello }, faults: [{ on: 'blobs', ...fault }] });
    const { source, upstream, heard } = await mirrored(mirror);
    expect(await reading(source)).toEqual(blob.bytes);
    expect(upstream.lines.length).toBeGreaterThan(0);
    expect(heard.warnings.join()).toContain(mirror.host);
    mirror.forget();
    expect(await reading(source)).toEqual(blob.bytes);
  });

  test('of the registry itself names its host', async () => {
    const { source, upstream } = await mirrored(await startRegistry());
    upstream.fail({ on: 'blobs', corrupt: true });
    const failure = await failureOf(reading(source));
    expect(failure.message).toContain(`blob ${blob.descriptor.digest} is damaged: the 3095 bytes received from`);
    expect(failure.message).toContain(upstream.host);
  });
});
