import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { makeAuthority } from '../support/authority.js';
import { startDockerRegistry } from '../support/docker-registry.js';
import { ann, blob, bytesOf, failureOf, hello, listOf, read } from '../support/reading.js';
import { startTokenServer } from '../support/token-server.js';

const withAnn = { credentials: async () => ann };

describe('Debian’s docker-registry', () => {
  test('gives digests, manifests, blobs, their ends, and tags', async () => {
    const registry = await startDockerRegistry();
    await registry.push('hello', '1', hello);
    const source = read(registry.host);
    expect(await source.resolve('1')).toBe(hello.root.digest);
    expect(await source.manifest('1')).toMatchObject({ mediaType: hello.root.mediaType, digest: hello.root.digest });
    expect(await bytesOf(source.blob(blob.descriptor))).toEqual(blob.bytes);
    expect(await source.blobEnd(blob.descriptor, 4)).toEqual(blob.bytes.subarray(-4));
    expect(await listOf(source.tags())).toEqual(['1']);
    expect(source.tlsVerify).toBe(false);
  });

  test('says which of tag and repository is missing', async () => {
    const registry = await startDockerRegistry();
    await registry.push('hello', '1', hello);
    const tag = await failureOf(read(registry.host).resolve('2'));
    expect(tag.message).toContain('hello:2: the registry has no such tag, or no such repository');
    const blobs = await failureOf(
      bytesOf(read(registry.host).blob({ ...blob.descriptor, digest: `sha256:${'0'.repeat(64)}` })),
    );
    expect(blobs.message).toContain('the registry has lost this blob');
    const tags = await failureOf(listOf(read(registry.host, {}, 'helo').tags()));
    expect(tags.message).toContain('helo: the registry has no such repository');
  });

  test('lists many tags, in no order', async () => {
    const registry = await startDockerRegistry();
    const names = Array.from({ length: 12 }, (_, index) => `tag-${String(index).padStart(2, '0')}`);
    for (const name of names) await registry.push('hello', name, hello);
    expect((await listOf(read(registry.host).tags())).sort()).toEqual(names);
  });

  test('with htpasswd', async () => {
    const registry = await startDockerRegistry({ login: { username: 'ann', password: 'secret-of-ann' } });
    await registry.push('hello', '1', hello);
    expect(await read(registry.host, withAnn).resolve('1')).toBe(hello.root.digest);
    const anonymous = await failureOf(read(registry.host).resolve('1'));
    expect(anonymous.message).toContain('hello:1: the registry has no such repository, or it is private');
    const wrong = await failureOf(
      read(registry.host, {
        credentials: async () => ({ ...ann, kind: 'basic', username: 'ann', password: 'no' }),
      }).resolve('1'),
    );
    expect(wrong.message).toContain('refused your credentials');
    expect([anonymous.kind, wrong.kind]).toEqual(['authentication', 'authentication']);
  });

  test('with a token server', async () => {
    const { storage, push } = await startDockerRegistry();
    await push('public/hello', '1', hello);
    await push('private/hello', '1', hello);
    const authority = await makeAuthority();
    const { certFile, keyFile } = await authority.issue({ name: 'token server' });
    const tokens = await startTokenServer({
      users: { ann: 'secret-of-ann' },
      // docker-registry looks only at the token, so the server decides what an anonymous one is good for.
      isPublic: (repository) => repository.startsWith('public/'),
      signer: { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8') },
    });
    const { host } = await startDockerRegistry({
      storage,
      tokens: { realm: tokens.realm, service: 'tests', caFile: authority.caFile },
    });
    expect(await read(host, {}, 'public/hello').resolve('1')).toBe(hello.root.digest);
    const source = read(host, withAnn, 'private/hello');
    expect(await source.resolve('1')).toBe(hello.root.digest);
    expect(await bytesOf(source.blob(blob.descriptor))).toEqual(blob.bytes);
    expect(await listOf(source.tags())).toEqual(['1']);
    expect(tokens.lines).toHaveLength(2);
    const anonymous = await failureOf(read(host, {}, 'private/hello').resolve('1'));
    expect(anonymous.message).toContain('private/hello:1: the registry has no such repository, or it is private');
  });
});
