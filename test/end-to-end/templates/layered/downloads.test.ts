import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { makeAuthority } from '../../../support/authority.js';
import { startDockerRegistry } from '../../../support/docker-registry.js';
import { part, startRegistry } from '../../../support/faulty-registry.js';
import type { Fault } from '../../../support/faulty-server.js';
import { startServer } from '../../../support/faulty-server.js';
import { fixtureImages } from '../../../support/fixture-images.js';
import { buildLayered, layered, layeredSample, netrcFile } from '../../../support/layered.js';
import { startTinyproxy } from '../../../support/tinyproxy.js';
import { startTokenServer } from '../../../support/token-server.js';

const hello = fixtureImages()['hello'] ?? expect.unreachable();
const BUILT = { storePath: expect.stringContaining('-docker-image-') };
const refused = (...texts: readonly string[]) => ({ refused: expect.stringMatching(new RegExp(texts.join('.*'))) });

const authority = await makeAuthority();
const certificate = await authority.issue();
const pem = { key: readFileSync(certificate.keyFile, 'utf8'), cert: readFileSync(certificate.certFile, 'utf8') };
const trusted = { NIX_SSL_CERT_FILE: authority.caFile };

describe.concurrent('a build downloads from a registry', () => {
  test('over verified TLS, and from no other', async () => {
    const registry = await startDockerRegistry({ tls: { ...certificate, caFile: authority.caFile } });
    await registry.push('fixtures/hello', '1.0', hello);
    const file = await layeredSample(registry.host);
    expect(file).not.toContain('tlsVerify = false');
    expect(await buildLayered(file, trusted)).toEqual(BUILT);
    expect(await buildLayered(file)).toEqual(refused(`${registry.host}/fixtures/hello, blob sha256:`, 'certificate'));
  });

  test('never over plain HTTP unless the file says so', async () => {
    const registry = await startDockerRegistry();
    await registry.push('fixtures/hello', '1.0', hello);
    expect(await buildLayered(await layeredSample(registry.host))).toHaveProperty('refused');
    expect(await buildLayered(await layered(`${registry.host}/fixtures/hello:1.0`))).toEqual(BUILT);
  });

  test('with a login in a netrc file', async () => {
    const login = { username: 'ann', password: 'secret-of-ann' };
    const registry = await startDockerRegistry({ login, tls: { ...certificate, caFile: authority.caFile } });
    await registry.push('fixtures/hello', '1.0', hello);
    const file = await layeredSample(registry.host);
    const [right, wrong] = ['secret-of-ann', 'wrong'].map((password) => netrcFile('127.0.0.1', 'ann', password));
    expect(await buildLayered(file, { ...trusted, NETRC: right ?? '' })).toEqual(BUILT);
    for (const env of [trusted, { ...trusted, NETRC: wrong ?? '' }])
      expect(await buildLayered(file, env)).toEqual(refused('401', 'a login in a netrc file is missing or wrong'));
  });

  test('with a token, for everybody or with a login', async () => {
    const { storage, push } = await startDockerRegistry();
    for (const repository of ['fixtures/hello', 'private/hello']) await push(repository, '1.0', hello);
    const users = { ann: 'secret-of-ann' };
    const isPublic = (repository: string) => repository.startsWith('fixtures/');
    const tokens = await startTokenServer({ tls: pem, signer: pem, users, isPublic });
    const { host } = await startDockerRegistry({
      storage,
      tls: { ...certificate, caFile: authority.caFile },
      tokens: { realm: tokens.realm, service: 'tests', caFile: authority.caFile },
    });
    const open = await layeredSample(host);
    expect(await buildLayered(open, trusted)).toEqual(BUILT);
    // Logins that are no longer valid do not keep a public image from being fetched.
    expect(await buildLayered(open, { ...trusted, NETRC: netrcFile(host, 'ann', 'old') })).toEqual(BUILT);
    const own = open.replaceAll('fixtures/hello', 'private/hello');
    expect(await buildLayered(own, trusted)).toEqual(refused('a login in a netrc file is missing or wrong'));
    const built = await buildLayered(own, { ...trusted, NETRC: netrcFile(host, 'ann', 'secret-of-ann') });
    // All blobs came, but the name in the archive is another one now.
    expect(built).toEqual(refused('hash mismatch in fixed-output derivation', 'docker-image-'));
  });

  test('through the proxy of the environment, by CONNECT', async () => {
    const registry = await startDockerRegistry({ tls: { ...certificate, caFile: authority.caFile } });
    await registry.push('fixtures/hello', '1.0', hello);
    const proxy = await startTinyproxy();
    const env = { ...trusted, https_proxy: `http://${proxy.host}` };
    expect(await buildLayered(await layeredSample(registry.host), env)).toEqual(BUILT);
    expect(proxy.requests().filter((line) => line === `CONNECT ${registry.host}`)).toHaveLength(3);
  });

  test('from where it redirects, without the login', async () => {
    const blobs = hello.blobs;
    const storage = await startServer(
      (request) => part(request, blobs.get(request.path.slice(1) as `sha256:${string}`) ?? Buffer.alloc(0)),
      { tls: pem },
    );
    const tokens = await startTokenServer({ tls: pem });
    const registry = await startRegistry({
      images: { 'fixtures/hello:1.0': hello },
      blobsAt: `${storage.origin}/`,
      guard: tokens.guard,
      tls: pem,
    });
    expect(await buildLayered(await layeredSample(registry.host), trusted)).toEqual(BUILT);
    expect(storage.requests).toHaveLength(3);
    for (const { headers } of storage.requests) expect(headers).not.toHaveProperty('authorization');
  });
});

describe.concurrent('a build outlives', () => {
  const [config = ''] = [JSON.parse(Buffer.from(hello.manifests[0]?.bytes ?? []).toString()).config.digest];
  const on = `blobs/${config}`;

  test.for([
    ['a connection that breaks in the middle', { on, cutAfter: 200, times: 2 }],
    ['a connection that is closed', { on, reset: true, times: 2 }],
    ['an overloaded registry', { on, status: 503, body: 'later', times: 2 }],
    ['too many requests', { on, status: 429, body: 'later', times: 1 }],
    ['bytes that are not those of the digest', { on, corrupt: true, times: 1 }],
  ] as readonly (readonly [string, Fault])[])('%s', async ([, fault]) => {
    const registry = await startRegistry({ images: { 'fixtures/hello:1.0': hello }, tls: pem, faults: [fault] });
    expect(await buildLayered(await layeredSample(registry.host), trusted)).toEqual(BUILT);
  });

  test('a part that the registry does not continue', async () => {
    const faults = [{ on, cutAfter: 200, times: 1 }];
    const images = { 'fixtures/hello:1.0': hello };
    const registry = await startRegistry({ images, tls: pem, faults, ranges: false });
    expect(await buildLayered(await layeredSample(registry.host), trusted)).toEqual(BUILT);
  });

  test('not that a layer is gone: one line names it', async () => {
    const registry = await startRegistry({ images: { 'fixtures/hello:1.0': hello }, tls: pem });
    registry.remove(config);
    const result = await buildLayered(await layeredSample(registry.host), trusted);
    expect(result).toEqual(refused(`fixtures/hello, blob ${config}: .*404: it is gone from the registry`));
    expect(registry.lines.filter((line) => line.includes(config))).toHaveLength(1);
    expect(JSON.stringify(result)).not.toContain('Traceback');
  });
});
