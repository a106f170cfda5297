import { describe, expect, test } from 'vitest';
import { basicAuthentication, startRegistry } from '../../support/faulty-registry.js';
import { startServer } from '../../support/faulty-server.js';
import { ann, blob, bytesOf, failureOf, hello, read } from '../../support/reading.js';

const images = { 'hello:1': hello };

describe('safety', () => {
  test('an answer that arrives very slowly ends in bounded time', async () => {
    const registry = await startServer(() => ({ status: 200 }));
    registry.fail({ drip: 20 });
    const start = performance.now();
    const failure = await failureOf(read(registry.host, { timeLimits: { small: 300 } }).manifest('1'));
    expect(failure.message).toContain('did not send its whole answer within 0.3 s');
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('a circle of redirects ends', async () => {
    const registry = await startRegistry({
      images,
      faults: [{ on: 'blobs', answer: ({ path }) => ({ status: 307, headers: { location: `${path}x` } }) }],
    });
    const failure = await failureOf(bytesOf(read(registry.host).blob(blob.descriptor)));
    expect(failure.message).toContain('more than 10 redirects');
    expect(registry.lines).toHaveLength(11);
  });

  test.each([
    ['file:///etc/passwd', 'leads to file:, which is not a web address (to file:/etc/passwd)'],
    ['javascript:alert(1)', 'leads to javascript:, which is not a web address (to javascript:alert(1))'],
    ['ftp://127.0.0.1/', 'leads to ftp:, which is not a web address'],
    ['http://', 'redirects to something that is not a URL'],
    ['http://me:secret@127.0.0.1/', 'leads to a URL with a name and password in it'],
  ])('a redirect to %s is not followed', async (location, problem) => {
    const registry = await startRegistry({ images, faults: [{ on: 'blobs', status: 307, headers: { location } }] });
    const failure = await failureOf(bytesOf(read(registry.host).blob(blob.descriptor)));
    expect(failure.message).toContain(problem);
    expect(failure.message).not.toContain('secret');
  });

  test('a redirect within the registry keeps the credentials', async () => {
    const registry = await startRegistry({
      images: { 'hello:1': hello, 'moved:1': hello },
      guard: basicAuthentication('ann', 'secret-of-ann'),
    });
    const location = `/v2/moved/blobs/${blob.descriptor.digest}`;
    registry.fail({
      on: 'hello/blobs',
      answer: (_, answer) => (answer.status === 401 ? answer : { status: 302, headers: { location } }),
    });
    const source = read(registry.host, { credentials: async () => ann });
    expect(await bytesOf(source.blob(blob.descriptor))).toEqual(blob.bytes);
    expect(registry.lines.at(-1)).toContain('/v2/moved/');
  });

  test('headers are bounded', async () => {
    const registry = await startRegistry({ images, faults: [{ headers: { 'x-long': 'x'.repeat(70_000) } }] });
    const failure = await failureOf(read(registry.host).resolve('1'));
    expect(failure.message).toBe(`${registry.host}: it sends more headers than is allowed`);
  });

  test('the text of an error is read no further than 64 KiB', async () => {
    const registry = await startRegistry({ images, faults: [{ status: 400, body: Buffer.alloc(32 * 2 ** 20, 'x') }] });
    const failure = await failureOf(read(registry.host).manifest('1'));
    expect(failure.message).toBe(`${registry.host}/hello:1: the registry refused the request (status 400)`);
  });
});
