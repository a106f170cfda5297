import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/oci/verified.js';
import { startRegistry } from '../../support/faulty-registry.js';
import { startServer } from '../../support/faulty-server.js';
import { fixtureImages } from '../../support/fixture-images.js';
import { bytesOf, failureOf, listen, read } from '../../support/reading.js';

// Larger than what sockets and parsers take at a time, and nowhere the same.
const content = Buffer.from(Array.from({ length: 200_000 }, (_, index) => `${index},`).join(''));
const digest = digestOf(content);
const descriptor = { mediaType: 'application/octet-stream', digest, size: content.length };
const last = content.length - 1;
const images = { 'hello:1': { ...fixtureImages()['hello']!, blobs: new Map([[digest, content]]) } };

describe('a download that breaks', () => {
  test('resumes where it broke, any number of times, as long as there is progress', async () => {
    const faults = [100_000, 200_000, 300_000, 100_000, 50_000, 7, 100].map((cutAfter) => ({ cutAfter, times: 1 }));
    const registry = await startRegistry({ images, faults });
    expect(digestOf(await bytesOf(read(registry.host, { retry: { retries: 1 } }).blob(descriptor)))).toBe(digest);
    const ranges = registry.requests.map(({ headers }) => headers['range']);
    expect(ranges[0]).toBeUndefined();
    expect(ranges.slice(1, 3)).toEqual([`bytes=100000-${last}`, `bytes=300000-${last}`]);
    expect(ranges).toHaveLength(8);
    expect(registry.requests[1]?.headers['if-range']).toBe(`"${digest}"`);
  });

  test('without progress, ends after so many repetitions', async () => {
    const registry = await startRegistry({ images, faults: [{ cutAfter: 0, after: 1 }, { cutAfter: 1000 }] });
    const failure = await failureOf(bytesOf(read(registry.host, { retry: { retries: 3 } }).blob(descriptor)));
    expect(failure.message).toBe(`${registry.host}: the connection broke before the answer was complete; try again`);
    expect(registry.lines).toHaveLength(4);
  });

  test('starts at the beginning where the registry does not support ranges, and passes on only the new bytes', async () => {
    const registry = await startRegistry({ images, ranges: false, faults: [{ cutAfter: 500_000, times: 1 }] });
    expect(digestOf(await bytesOf(read(registry.host).blob(descriptor)))).toBe(digest);
    expect(registry.lines).toHaveLength(2);
  });

  test('asks the registry again, not the signed URL that it redirected to', async () => {
    let signature = 0;
    const storage = await startServer(({ path, headers }) => {
      const isFresh = path === `/storage?signature=${signature}`;
      const from = Number(/^bytes=(\d+)-$/.exec(headers['range'] ?? '')?.[1] ?? 0);
      if (!isFresh) return { status: 403, body: 'expired' };
      const range = { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` };
      return from > 0 ? { status: 206, headers: range, body: content.subarray(from) } : { status: 200, body: content };
    });
    storage.fail({ cutAfter: 600_000, times: 1 });
    const registry = await startRegistry({ images });
    registry.fail({
      on: 'blobs',
      answer: () => ({ status: 307, headers: { location: `${storage.origin}/storage?signature=${++signature}` } }),
    });
    const heard = listen();
    expect(digestOf(await bytesOf(read(registry.host, { log: heard.log }).blob(descriptor)))).toBe(digest);
    expect(storage.lines).toEqual(['GET /storage?signature=1', 'GET /storage?signature=2']);
    expect(JSON.stringify(heard.events)).not.toContain('signature=');
  });

  test.each([
    ['another part', { status: 206, headers: { 'content-range': 'bytes 9-19/20' }, body: 'x'.repeat(11) }],
    ['a part without a place', { status: 206, headers: { 'content-range': undefined }, body: 'x'.repeat(11) }],
    ['status 416', { status: 416, headers: { 'content-range': undefined } }],
    ['status 416 for another size', { status: 416, headers: { 'content-range': 'bytes */7' } }],
  ])(
    'begins again without a range when the answer to a range is %s, and counts that as a failure',
    async (_, wrong) => {
      const registry = await startRegistry({
        images,
        faults: [
          { cutAfter: 5, times: 1 },
          { ...wrong, times: 1 },
        ],
      });
      expect(digestOf(await bytesOf(read(registry.host).blob(descriptor)))).toBe(digest);
      expect(registry.requests.map(({ headers }) => headers['range'])).toEqual([
        undefined,
        `bytes=5-${last}`,
        undefined,
      ]);
      const stubborn = await startRegistry({ images, faults: [{ cutAfter: 5, times: 1 }, wrong] });
      const failure = await failureOf(bytesOf(read(stubborn.host, { retry: { retries: 2 } }).blob(descriptor)));
      expect(failure.message).toContain(`/v2/hello/blobs/${digest}: the server`);
      expect(stubborn.lines.length).toBeLessThan(6);
    },
  );

  test('asks for the rest when a part is shorter than requested', async () => {
    const registry = await startRegistry({ images, faults: [{ cutAfter: 5, times: 1 }] });
    registry.fail({
      after: 1,
      times: 1,
      answer: (_, { headers }) => ({
        status: 206,
        headers: { ...headers, 'content-range': `bytes 5-9/${content.length}` },
        body: content.subarray(5, 10),
      }),
    });
    expect(digestOf(await bytesOf(read(registry.host).blob(descriptor)))).toBe(digest);
    expect(registry.requests.map(({ headers }) => headers['range'])).toEqual([
      undefined,
      `bytes=5-${last}`,
      `bytes=10-${last}`,
    ]);
  });

  test('whose end is only the connection’s end is compared with the size in the manifest', async () => {
    const faults = [{ untilClose: true, times: 1, answer: () => ({ status: 200, body: content.subarray(0, 1000) }) }];
    const registry = await startRegistry({ images, faults });
    expect(digestOf(await bytesOf(read(registry.host).blob(descriptor)))).toBe(digest);
    expect(registry.requests[1]?.headers['range']).toBe(`bytes=1000-${last}`);
  });

  test('a size in the manifest is only a hint', async () => {
    for (const ranges of [true, false]) {
      const longer = await startRegistry({ images, ranges, faults: [{ cutAfter: 5000, times: 1 }] });
      const more = read(longer.host).blob({ ...descriptor, size: 1000 });
      expect(digestOf(await bytesOf(more))).toBe(digest);
      const registry = await startRegistry({ images, ranges, faults: [{ untilClose: true }] });
      const pieces = read(registry.host).blob({ ...descriptor, size: content.length + 1 });
      expect(digestOf(await bytesOf(pieces))).toBe(digest);
    }
  });
});

describe('Content-Encoding gzip', () => {
  const packed = gzipSync(content);
  const encoded = {
    status: 200,
    headers: { 'content-encoding': 'gzip', 'content-length': String(packed.length) },
    body: packed,
  };

  test('is undone, and such a download that breaks starts again', async () => {
    const registry = await startRegistry({
      images,
      faults: [{ ...encoded, after: 1, cutAfter: 20_000, times: 1 }, encoded],
    });
    // The first answer is hashed, to see whether its bytes are the blob as it is.
    expect(digestOf(await bytesOf(read(registry.host).blob(descriptor)))).toBe(digest);
    expect(registry.requests.map(({ headers }) => headers['range'])).toEqual([undefined, undefined, undefined]);
  });

  test.each(['gzip', 'x-gzip', 'GZIP'])('that %s says of the blob itself is not removed', async (name) => {
    const own = { ...descriptor, digest: digestOf(packed), size: packed.length };
    const image = { ...images['hello:1'], blobs: new Map([[own.digest, packed]]) };
    for (const untilClose of [true, false]) {
      const registry = await startRegistry({ images: { 'hello:1': image } });
      registry.fail({ on: 'blobs', untilClose, headers: { 'content-encoding': name } });
      expect(digestOf(await bytesOf(read(registry.host).blob(own)))).toBe(own.digest);
      expect(registry.lines).toHaveLength(untilClose ? 2 : 1);
      registry.fail({
        on: 'blobs',
        cutAfter: 1000,
        after: untilClose ? 1 : 0,
        times: 1,
        headers: { 'content-encoding': name },
      });
      expect(digestOf(await bytesOf(read(registry.host).blob(own)))).toBe(own.digest);
    }
  });

  test('that is broken is reported as such', async () => {
    const registry = await startRegistry({ images, faults: [{ ...encoded, corrupt: true }] });
    const failure = await failureOf(bytesOf(read(registry.host).blob(descriptor)));
    expect(failure.message).toContain('the server sent a broken Content-Encoding');
  });
});

describe('the end of a blob', () => {
  test('is had by itself', async () => {
    const registry = await startRegistry({ images });
    expect(await read(registry.host).blobEnd(descriptor, 8)).toEqual(content.subarray(-8));
    expect(registry.requests[0]?.headers['range']).toBe('bytes=-8');
  });

  test.each([
    ['knows no ranges', { ranges: false }],
    ['has not got the blob', { faults: [{ status: 404 }] }],
    ['fails', { faults: [{ reset: true }] }],
    ['sends more than that', { faults: [{ status: 206, body: 'x'.repeat(9) }] }],
    ['sends less than that', { faults: [{ status: 206, body: 'x'.repeat(7) }] }],
  ])('cannot be read when the registry %s', async (_, options) => {
    const registry = await startRegistry({ images, ...options });
    expect(await read(registry.host, { retry: { retries: 0 } }).blobEnd(descriptor, 8)).toBeUndefined();
  });
});
