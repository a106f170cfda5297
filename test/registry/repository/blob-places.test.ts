import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/oci/verified.js';
import { startRegistry } from '../../support/faulty-registry.js';
import { startServer } from '../../support/faulty-server.js';
import { fixtureImages } from '../../support/fixture-images.js';
import { ann, bytesOf, failureOf, listen, read } from '../../support/reading.js';

// Larger than what sockets and parsers take at a time, and nowhere the same.
const content = Buffer.from(Array.from({ length: 200_000 }, (_, index) => `${index},`).join(''));
const digest = digestOf(content);
const descriptor = { mediaType: 'application/octet-stream', digest, size: content.length };
const images = { 'hello:1': { ...fixtureImages()['hello']!, blobs: new Map([[digest, content]]) } };

describe('storage behind a redirect', () => {
  test('that refuses is named, after the registry was asked for a fresh link once', async () => {
    for (const status of [400, 401, 403, 404]) {
      const storage = await startServer(() => ({ status, body: '<Error><Code>AccessDenied</Code></Error>' }));
      const registry = await startRegistry({ images, blobsAt: `${storage.origin}/storage/` });
      const failure = await failureOf(bytesOf(read(registry.host, { credentials: async () => ann }).blob(descriptor)));
      expect(failure.message).toBe(
        `${registry.host}/hello@${digest}: the storage ${storage.host}, to which ${registry.host} redirects, refused the request (status ${status})`,
      );
      expect(failure.kind).toBe('failure');
      expect([registry.lines.length, storage.lines.length]).toEqual([2, 2]);
    }
  });

  test('whose first link had expired is not a failure', async () => {
    const storage = await startServer(() => ({ status: 200, body: content }), { faults: [{ status: 403, times: 1 }] });
    const registry = await startRegistry({ images, blobsAt: `${storage.origin}/storage/` });
    expect(digestOf(await bytesOf(read(registry.host).blob(descriptor)))).toBe(digest);
  });

  test('that shows a sign-in page is named', async () => {
    const page = { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<html>Sign in</html>' };
    const portal = await startServer(() => page);
    const registry = await startRegistry({ images, blobsAt: `${portal.origin}/login/` });
    const failure = await failureOf(bytesOf(read(registry.host).blob(descriptor)));
    expect(failure.message).toBe(
      `${portal.origin}/login/${digest}: the server sent a web page; a proxy or a sign-in may be in the way`,
    );
  });
});

describe('a layer with URLs', () => {
  test('comes from the first that has it, without credentials and never from the registry', async () => {
    const dead = await startServer(() => ({ status: 404 }));
    const alive = await startServer(() => ({ status: 200, body: content }));
    const registry = await startRegistry({ images });
    const urls = ['ftp://example.org/layer', 'no URL', `${dead.origin}/layer`, `${alive.origin}/layer`];
    const source = read(registry.host, { credentials: async () => ann });
    await source.resolve('1');
    expect(digestOf(await bytesOf(source.blob({ ...descriptor, urls })))).toBe(digest);
    expect([dead, alive].map(({ requests }) => requests[0]?.headers['authorization'])).toEqual([undefined, undefined]);
    expect(registry.questions).toEqual(['HEAD manifests/1']);
  });

  test('is not asked of the registry when none has it', async () => {
    const dead = await startServer(() => ({ status: 404 }));
    const registry = await startRegistry({ images });
    const source = read(registry.host);
    await source.resolve('1');
    const failure = await failureOf(bytesOf(source.blob({ ...descriptor, urls: [`${dead.origin}/layer`] })));
    expect(failure.message).toContain(
      `hello@${digest}: ${dead.host}, which the manifest names for this layer, refused the request (status 404)`,
    );
    expect(registry.questions).toEqual(['HEAD manifests/1']);
  });

  test('comes from the registry, with a warning, when no host answers, as with skopeo 1.9.3', async () => {
    const gone = await startServer(() => ({ status: 200 }));
    await gone.close();
    const refusing = await startServer(() => ({ status: 404 }));
    const registry = await startRegistry({ images });
    const log = listen();
    const source = read(registry.host, { log: log.log, retry: { retries: 0 } });
    await source.resolve('1');
    const urls = [`${refusing.origin}/layer`, `${gone.origin}/layer`];
    expect(digestOf(await bytesOf(source.blob({ ...descriptor, urls })))).toBe(digest);
    expect(log.warnings.at(-1)).toBe(
      `layer ${digest}: no host that the manifest names for it answers, so it is read from ${registry.host}; skopeo 1.9 does so too, newer ones do not`,
    );
    const failure = await failureOf(bytesOf(source.blob({ ...descriptor, urls: urls.toReversed() })));
    expect(failure.message).toContain(`${refusing.host}, which the manifest names for this layer, refused`);
    expect(failure.kind).toBe('failure');
  });

  test('comes from the registry when none of its URLs is a web address', async () => {
    const registry = await startRegistry({ images });
    const pieces = read(registry.host).blob({ ...descriptor, urls: ['ftp://example.org/layer'] });
    expect(digestOf(await bytesOf(pieces))).toBe(digest);
  });
});
