import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../src/oci/verified.js';
import { registryError, startRegistry } from '../../support/faulty-registry.js';
import { failureOf, hello, read } from '../../support/reading.js';

const images = { 'hello:1': hello };
const without = { 'docker-content-digest': undefined };

describe('the digest of a tag', () => {
  test('no docker-content-digest on HEAD: the manifest is fetched and hashed', async () => {
    const registry = await startRegistry({ images, faults: [{ on: 'HEAD', headers: without }] });
    expect(await read(registry.host).resolve('1')).toBe(hello.root.digest);
    expect(registry.questions).toEqual(['HEAD manifests/1', 'GET manifests/1']);
  });

  test.each([400, 403, 404, 405, 501])('HEAD refused with status %i, so that GET is needed (ECR)', async (status) => {
    const registry = await startRegistry({ images, faults: [{ on: 'HEAD', status, headers: without }] });
    expect(await read(registry.host).resolve('1')).toBe(hello.root.digest);
    expect(registry.questions).toEqual(['HEAD manifests/1', 'GET manifests/1']);
  });

  test.each([500, 502, 503, 504])(
    'HEAD that always fails with status %i: GET is asked after the second',
    async (status) => {
      const registry = await startRegistry({ images, faults: [{ on: 'HEAD', status, headers: without }] });
      const source = read(registry.host);
      for (const asked of ['1', hello.root.digest]) {
        registry.forget();
        expect(await source.resolve(asked)).toBe(hello.root.digest);
        expect(registry.questions).toEqual([
          `HEAD manifests/${asked}`,
          `HEAD manifests/${asked}`,
          `GET manifests/${asked}`,
        ]);
      }
      const missing = await failureOf(source.resolve('missing'));
      expect(missing.kind).toBe('not-found');
    },
  );

  test('a digest of another kind is not trusted', async () => {
    const header = { 'docker-content-digest': `sha512:${'0'.repeat(128)}` };
    const registry = await startRegistry({ images, faults: [{ headers: header }] });
    expect(await read(registry.host).resolve('1')).toBe(hello.root.digest);
  });

  test('HEAD answered with a body, by a server that hangs up when it is spoken to in TLS', async () => {
    const body = Buffer.from(hello.root.bytes).toString();
    const head = `HTTP/1.1 200 OK\r\ncontent-type: ${hello.root.mediaType}\r\ncontent-length: ${body.length}\r\n`;
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (piece) => {
        if (piece[0] === 0x16) socket.destroy();
        else socket.write(`${head}docker-content-digest: ${hello.root.digest}\r\n\r\n${body}`);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const source = read(`127.0.0.1:${(server.address() as AddressInfo).port}`, { retry: { retries: 0 } });
    for (const _ of [1, 2]) {
      expect(await source.resolve('1')).toBe(hello.root.digest);
      expect((await source.manifest('1')).digest).toBe(hello.root.digest);
    }
    server.close();
  });

  test.each([
    ['a sign-in page', '<!doctype html><title>Sign in</title>'],
    ['nothing', ''],
    ['a list', '[]'],
    ['a byte order mark in front', `\ufeff${Buffer.from(hello.root.bytes)}`],
  ])('the media type of a manifest makes none of %s', async (_, body) => {
    const headers = { 'content-type': hello.root.mediaType, ...without };
    const registry = await startRegistry({ images, faults: [{ status: 200, headers, body }] });
    const { message } = await failureOf(read(registry.host).resolve('1'));
    expect(message).toBe(
      `http://${registry.host}/v2/hello/manifests/1: the server sent something that is not JSON, with the media type '${hello.root.mediaType}'`,
    );
  });

  test.each(['gzip', 'x-gzip'])('Content-Encoding: %s on the manifest as it is, and encoded', async (encoding) => {
    for (const body of [hello.root.bytes, gzipSync(hello.root.bytes)]) {
      const headers = { 'content-encoding': encoding, ...without };
      const registry = await startRegistry({ images, faults: [{ headers, body }] });
      expect(await read(registry.host).resolve('1')).toBe(hello.root.digest);
      expect((await read(registry.host).manifest('1')).digest).toBe(hello.root.digest);
    }
  });

  test('an encoded answer that grows too large is refused', async () => {
    const body = gzipSync(Buffer.alloc(5 * 1024 * 1024, ' '));
    const registry = await startRegistry({ images, faults: [{ headers: { 'content-encoding': 'gzip' }, body }] });
    const { message } = await failureOf(read(registry.host).manifest('1'));
    expect(message).toContain('sent more than the 4194304 bytes that are allowed');
  });

  test.each([401, 403])('status %i with a web page comes from a proxy or a sign-in', async (status) => {
    const headers = { 'content-type': 'text/html' };
    const registry = await startRegistry({ images, faults: [{ status, headers, body: '<html>' }] });
    const { message, kind } = await failureOf(read(registry.host).manifest('1'));
    expect(message).toContain(`access was refused with a web page (status ${status}), as a proxy or a sign-in would`);
    expect(kind).toBe('authentication');
  });

  test.each([
    ['text/html; charset=utf-8', '<html>Sign in</html>', 'sent a web page; a proxy or a sign-in may be in the way'],
    ['text/html', Buffer.from(hello.root.bytes), 'sent a web page'],
    ['application/json', '{"signIn":true}', "not a container image, with the media type 'application/json'"],
    [undefined, 'hello', 'not a container image, with no media type'],
  ])('status 200 with content-type %s has no digest, whatever its header says', async (type, body, problem) => {
    for (const digest of [hello.root.digest, undefined]) {
      const headers = { 'content-type': type, 'docker-content-digest': digest };
      const registry = await startRegistry({ images, faults: [{ status: 200, headers, body }] });
      const { message } = await failureOf(read(registry.host).resolve('1'));
      expect(message).toMatch(digest === undefined ? problem : /do not trust it|web page/);
    }
  });

  test('of a digest is that digest: one that is not there is called so, and another one is not trusted', async () => {
    const registry = await startRegistry({ images });
    const { digest } = hello.root;
    expect(await read(registry.host).resolve(digest)).toBe(digest);
    const missing = `sha256:${'0'.repeat(64)}`;
    const failure = await failureOf(read(registry.host).resolve(missing));
    expect(failure.message).toBe(
      `${registry.host}/hello@${missing}: the registry has no manifest with this digest in this repository; it may have been deleted`,
    );
    registry.fail({ headers: { 'docker-content-digest': missing } });
    expect((await failureOf(read(registry.host).resolve(digest))).message).toContain('do not trust it');
    registry.heal();
    registry.fail({ status: 404, body: '' });
    expect((await failureOf(read(registry.host).resolve(digest))).message).toContain('no such repository or digest');
  });

  test('no list of tags is ever asked for', async () => {
    const registry = await startRegistry({ images });
    const source = read(registry.host);
    await source.resolve('1');
    await failureOf(source.resolve('missing'));
    expect(registry.lines.filter((line) => line.includes('tags'))).toEqual([]);
  });
});

describe('manifests', () => {
  test('a digest header that does not match the body', async () => {
    const other = digestOf('other');
    const registry = await startRegistry({
      images,
      faults: [{ on: 'GET', headers: { 'docker-content-digest': other } }],
    });
    const failure = await failureOf(read(registry.host).manifest('1'));
    expect(failure.message).toBe(
      `${registry.host}/hello:1: the registry says that its digest is ${other}, but what it sent has ${hello.root.digest}; do not trust it`,
    );
  });

  test('content that does not have the digest asked for', async () => {
    const registry = await startRegistry({ images, faults: [{ corrupt: true, headers: without }] });
    const failure = await failureOf(read(registry.host).manifest(hello.root.digest));
    expect(failure.message).toContain('the registry sent other content, with the digest sha256:');
  });

  test('the media type is given in lower case and without parameters', async () => {
    const headers = { 'content-type': 'Application/Vnd.OCI.Image.Index.v1+JSON; charset=utf-8' };
    const registry = await startRegistry({ images, faults: [{ headers }] });
    expect((await read(registry.host).manifest('1')).mediaType).toBe('application/vnd.oci.image.index.v1+json');
  });

  test('schema 1, whose digest leaves the signatures out, is handed on for its reader to refuse', async () => {
    const headers = { 'content-type': 'application/vnd.docker.distribution.manifest.v1+prettyjws' };
    const registry = await startRegistry({ images, faults: [{ headers, body: '{"schemaVersion":1}' }] });
    const source = read(registry.host);
    expect(await source.manifest(hello.root.digest)).toMatchObject({
      mediaType: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
      digest: hello.root.digest,
    });
  });

  test('at most 4 MiB', async () => {
    const full = Buffer.alloc(4 * 2 ** 20, ' ');
    const registry = await startRegistry({ images, faults: [{ on: 'manifests/1', body: full, headers: without }] });
    const source = read(registry.host);
    expect((await source.manifest('1')).bytes.length).toBe(4 * 2 ** 20);
    registry.fail({ on: 'manifests/1', body: Buffer.alloc(4 * 2 ** 20 + 1), headers: without });
    const failure = await failureOf(source.manifest('1'));
    expect(failure.message).toBe(
      `http://${registry.host}/v2/hello/manifests/1: the server sent more than the 4194304 bytes that are allowed`,
    );
    const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20));
    registry.fail({
      on: 'manifests/1',
      body: bomb,
      headers: { ...without, 'content-encoding': 'gzip', 'content-length': String(bomb.length) },
    });
    expect((await failureOf(source.manifest('1'))).message).toContain('more than the 4194304 bytes');
  });

  test('a child that is gone under a live index', async () => {
    const child = hello.manifests[0]!.digest;
    const registry = await startRegistry({ images });
    registry.remove(child);
    const failure = await failureOf(read(registry.host).manifest(child));
    expect(failure.message).toBe(
      `${registry.host}/hello@${child}: the registry has no manifest with this digest in this repository; it may have been deleted`,
    );
    expect(failure.kind).toBe('not-found');
  });

  test('which of tag and repository is missing is reported where the registry says it', async () => {
    const registry = await startRegistry({ images });
    const tag = await failureOf(read(registry.host).resolve('2'));
    expect(tag.message).toBe(
      `${registry.host}/hello:2: the registry has no such tag, or no such repository; to list its tags: pullpin tags ${registry.host}/hello`,
    );
    const repository = await failureOf(read(registry.host, {}, 'helo').resolve('1'));
    expect(repository.message).toBe(`${registry.host}/helo:1: the registry has no such repository; check its name`);
    registry.fail({ status: 404, body: 'nothing here' });
    const either = await failureOf(read(registry.host).resolve('1'));
    expect(either.message).toBe(
      `${registry.host}/hello:1: not found: no such repository or tag (status 404); to list its tags: pullpin tags ${registry.host}/hello`,
    );
    expect([tag.kind, repository.kind, either.kind]).toEqual(Array(3).fill('not-found'));
  });

  test('what a registry says cannot act on a terminal, nor fill it', async () => {
    const evil = registryError(400, 'X', `\u001b]0;evil\u0007\r\n${'long '.repeat(1000)}`);
    const registry = await startRegistry({ images, faults: [{ ...evil }] });
    const { message } = await failureOf(read(registry.host).manifest('1'));
    expect(message).toContain('evil');
    expect(message).not.toMatch(/\p{C}/u);
    expect(message.length).toBeLessThan(500);
  });
});
