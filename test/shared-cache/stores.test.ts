import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeAuthority } from '../support/authority.js';
import { startDockerRegistry } from '../support/docker-registry.js';
import { startRegistry } from '../support/faulty-registry.js';
import { image } from '../support/images.js';
import { startNginx } from '../support/nginx.js';
import { entriesIn, loginAt, makeTeam } from '../support/shared-cache.js';
import { temporaryFolder } from '../support/temporary-folder.js';

// The real places: a folder, Debian's nginx with dav, Debian's docker-registry. The images come from a registry that counts what it is asked.

const team = await makeTeam();
const registry = await startRegistry();
const LAYER = Buffer.alloc(3 * 1024 * 1024, 'pullpin');
registry.add(
  'app:1',
  image({
    config: '{"architecture":"amd64","os":"linux","config":{"Labels":{"a":"b"}}}',
    layers: [{ bytes: LAYER, compression: 'gzip stored' }],
  }),
);
const IMAGE = `${registry.host}/app:1`;
const PIN = ['pin', '--json', IMAGE];

/** What the registry of the image was asked meanwhile. */
async function asked<T>(act: () => Promise<T>): Promise<{ readonly result: T; readonly questions: readonly string[] }> {
  const before = registry.questions.length;
  return { result: await act(), questions: registry.questions.slice(before) };
}

const alone = await team.read('file:///nowhere', [...PIN, '--no-cache']);

async function expectShared(
  url: string,
  writer?: Record<string, string>,
  reader?: Record<string, string>,
  options: readonly string[] = [],
) {
  const written = await team.write(url, [...PIN, ...options], { environment: writer ?? {} });
  expect(written).toEqual({ exitCode: 0, stdout: alone.stdout, stderr: alone.stderr });
  const { result, questions } = await asked(() =>
    team.read(url, [...PIN, ...options], { environment: reader ?? writer ?? {} }),
  );
  expect(result).toEqual({ exitCode: 0, stdout: alone.stdout, stderr: alone.stderr });
  expect(questions.filter((question) => question.includes('blobs/'))).toEqual([]);
}

describe('another machine pins an image that was hashed once without a request for a blob, from', () => {
  test('a folder', async () => {
    const folder = temporaryFolder();
    await expectShared(`file://${folder}`);
    // The hash, and the layer that is worth it.
    expect(entriesIn(folder)).toHaveLength(2);
    for (const name of entriesIn(folder)) expect(name).toMatch(/^[0-9a-f]{64}$/);
  });

  test('nginx in plain HTTP on loopback', async () => {
    const nginx = await startNginx();
    await expectShared(`${nginx.origin}/team`);
    expect(entriesIn(join(nginx.folder, 'team'))).toHaveLength(2);
    const lines = await nginx.requests();
    expect(lines.filter((line) => line.startsWith('PUT'))).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/^(?:GET|PUT) \/team\/ac\/[0-9a-f]{64} (?:200|201|404)$/);
  });

  test('nginx over TLS, where only who has a login may write', async () => {
    const authority = await makeAuthority();
    const writer = { username: 'ci', password: 'pässword' };
    const nginx = await startNginx({ tls: { caFile: authority.caFile, ...(await authority.issue()) }, writer });
    const options = ['--ca-file', authority.caFile];
    await expectShared(`${nginx.origin}/`, loginAt(nginx.host, writer), {}, options);
    const refused = await team.write(`${nginx.origin}/x`, [...PIN, ...options]);
    expect(refused).toMatchObject({ exitCode: 0, stdout: alone.stdout });
    expect(refused.stderr.match(/warning: the shared cache/g)).toHaveLength(1);
    expect(refused.stderr).toContain(
      `cannot be written, and this run goes on without it: ${nginx.host} refuses writing (status 401; log in with docker login ${nginx.host}`,
    );
  });

  test('a repository of docker-registry', async () => {
    const store = await startDockerRegistry();
    await expectShared(`oci://${store.host}/team/pullpin-cache`);
  });

  test('a repository of docker-registry that wants a login, over TLS', async () => {
    const login = { username: 'ci', password: 'secret' };
    const store = await startDockerRegistry({ login, tls: true });
    await expectShared(`oci://${store.host}/team/cache`, loginAt(store.host, login), undefined, [
      '--ca-file',
      store.caFile ?? '',
    ]);
    const refused = await team.read(`oci://${store.host}/team/cache`, [...PIN, '--ca-file', store.caFile ?? '']);
    expect(refused).toMatchObject({ exitCode: 0, stdout: alone.stdout });
    expect(refused.stderr.match(/warning: the shared cache/g)).toHaveLength(1);
  });
});

test('the local cache is in front: what a machine knows it does not ask for again', async () => {
  const [nginx, home] = [await startNginx(), temporaryFolder()];
  await team.write(nginx.origin, PIN);
  await team.read(nginx.origin, PIN, { home });
  const before = (await nginx.requests()).length;
  const { questions } = await asked(() => team.read(nginx.origin, PIN, { home }));
  expect(await nginx.requests()).toHaveLength(before);
  expect(questions).toEqual(['HEAD manifests/1', expect.stringMatching(/^HEAD manifests\/sha256:/)]);
});

test('who only reads writes nothing', async () => {
  const nginx = await startNginx();
  await team.read(nginx.origin, PIN);
  expect((await nginx.requests()).length).toBeGreaterThan(0);
  expect((await nginx.requests()).filter((line) => !/^GET .* 404$/.test(line))).toEqual([]);
});

test('the same image under another name is another hash, which is shared as well; its large layers are known then', async () => {
  const folder = temporaryFolder();
  const url = `file://${folder}`;
  await team.write(url, PIN);
  const other = [...PIN, '--final-tag', 'other'];
  const { result, questions } = await asked(() => team.write(url, other));
  expect(result.stdout).toBe((await team.read('file:///nowhere', [...other, '--no-cache'])).stdout);
  // One request for the layer, none for its end.
  expect(questions.filter((question) => question.includes('blobs/'))).toHaveLength(2);
  expect(entriesIn(folder)).toHaveLength(3);
});

test('an entry says nothing of a tag: one that moved is pinned by its new digest', async () => {
  const url = `file://${temporaryFolder()}`;
  registry.add(
    'moving:1',
    image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from('old') }] }),
  );
  const pin = ['pin', '--json', `${registry.host}/moving:1`];
  const old = await team.write(url, pin);
  registry.add(
    'moving:1',
    image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from('new') }] }),
  );
  const now = await team.read(url, pin);
  expect(JSON.parse(now.stdout).pins[0].imageDigest).not.toBe(JSON.parse(old.stdout).pins[0].imageDigest);
});

test('with --no-cache nothing is asked and nothing written', async () => {
  const nginx = await startNginx();
  expect((await team.write(nginx.origin, [...PIN, '--no-cache'])).stdout).toBe(alone.stdout);
  expect(await nginx.requests()).toEqual([]);
});

test('two machines that write at once leave whole entries', async () => {
  const folder = temporaryFolder();
  const url = `file://${folder}`;
  const runs = await Promise.all([1, 2, 3, 4].map(() => team.write(url, PIN)));
  for (const run of runs) expect(run).toEqual({ exitCode: 0, stdout: alone.stdout, stderr: alone.stderr });
  const texts = entriesIn(folder).map((name) => readFileSync(join(folder, 'ac', name), 'utf8'));
  expect(texts).toHaveLength(2);
  for (const text of texts) expect(text).toMatch(/^\{"version":1,.*\}\nsignature team-1:[A-Za-z0-9+/]{86}==\n$/);
});
