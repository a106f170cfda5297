import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { basicAuthentication, startRegistry } from '../support/faulty-registry.js';
import { type Fault, startServer } from '../support/faulty-server.js';
import { image } from '../support/images.js';
import { freePort } from '../support/server-process.js';
import { entriesIn, loginAt, makeTeam } from '../support/shared-cache.js';
import { temporaryFolder } from '../support/temporary-folder.js';

// Whatever happens to the shared cache: the same result as without it, and one warning.

const [team, others] = [await makeTeam(), await makeTeam('others-1')];
const registry = await startRegistry();
const TAGS = ['1', '2', '3'];
for (const tag of TAGS)
  registry.add(
    `app:${tag}`,
    image({
      config: '{"architecture":"amd64","os":"linux"}',
      layers: [{ bytes: Buffer.alloc(2 * 1024 * 1024, tag), compression: 'gzip stored' }],
    }),
  );
const PIN = ['pin', '--json', ...TAGS.map((tag) => `${registry.host}/app:${tag}`)];
const alone = await team.read('file:///nowhere', [...PIN, '--no-cache']);

/** Pins, as who writes and as who reads, and looks at the warnings; gives the first one. */
async function expectOneWarning(url: string, environment = {}): Promise<string> {
  const warnings = [];
  for (const run of [team.write, team.read]) {
    const { exitCode, stdout, stderr } = await run(url, PIN, { environment });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: alone.stdout });
    const lines = stderr.replace(alone.stderr, '').split('\n').filter(Boolean);
    expect(lines).toEqual([expect.stringMatching(/^pullpin: warning: the shared cache /)]);
    warnings.push(lines[0]);
  }
  return warnings[0] ?? '';
}

const ok = () => ({ status: 200, body: 'x' });

describe('a server of files that', () => {
  test.each<[string, Fault, RegExp]>([
    ['has an internal error', { status: 500, body: 'oops' }, /refuses reading \(status 500\)/],
    ['refuses', { status: 403 }, /status 403; log in/],
    ['breaks the connection', { reset: true }, /cannot be read/],
    ['sends a web page', { status: 200, body: '<html>Sign in</html>' }, /it is not an entry of pullpin/],
    ['sends nothing', { status: 200, body: '' }, /it is not an entry of pullpin/],
    ['sends garbage', { status: 200, body: Buffer.from([0, 255, 10, 0, 10]) }, /it is not an entry of pullpin/],
    ['sends too much', { status: 200, body: Buffer.alloc(1024 * 1024) }, /more than the 65536 bytes/],
    ['redirects to a file', { status: 302, headers: { location: 'file:///etc/passwd' } }, /not a web address/],
    ['redirects in a circle', { status: 302, headers: { location: '/ac/again' } }, /more than 10 redirects/],
  ])('%s', async (_, fault, reason) => {
    const server = await startServer(ok, { faults: [fault] });
    expect(await expectOneWarning(server.origin)).toMatch(reason);
  });

  test.each<[string, Fault]>([
    ['never answers', { delay: Number.POSITIVE_INFINITY }],
    ['sends one byte after the other', { drip: 100, status: 200 }],
    ['stops in the middle', { stallAfter: 3, status: 200, body: 'x'.repeat(100) }],
  ])('%s is waited for once', { timeout: 40_000 }, async (_, fault) => {
    const server = await startServer(ok, { faults: [fault] });
    const start = Date.now();
    expect(await expectOneWarning(server.origin)).toMatch(/did not answer|within|s: /);
    // Two runs of three images; each waits for one answer.
    expect(Date.now() - start).toBeLessThan(20_000);
  });

  test('is not there', async () => {
    expect(await expectOneWarning(`http://127.0.0.1:${await freePort()}`)).toContain('cannot be read');
  });

  test('refuses what is written', async () => {
    const server = await startServer(({ method }) => ({ status: method === 'PUT' ? 405 : 404 }));
    const { exitCode, stdout, stderr } = await team.write(server.origin, PIN);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: alone.stdout });
    expect(stderr.match(/warning: the shared cache/g)).toHaveLength(1);
    expect(stderr).toContain('cannot be written, and this run goes on without it');
  });
});

describe('a registry that', () => {
  test.each<[string, Fault, RegExp]>([
    ['has an internal error', { status: 500, body: 'oops' }, /internal error/],
    ['sends a manifest that is not JSON', { status: 200, body: '{' }, /it is not an entry of pullpin/],
    [
      'sends a manifest without an entry',
      { status: 200, body: '{"annotations":{"a":"b"}}' },
      /it is not an entry of pullpin/,
    ],
    [
      'sends an annotation that is a number',
      { status: 200, body: '{"annotations":{"dev.pullpin.entry":1}}' },
      /it is not an entry/,
    ],
  ])('%s', async (_, fault, reason) => {
    const server = await startServer(ok, { faults: [{ on: 'manifests', ...fault }] });
    expect(await expectOneWarning(`oci://${server.host}/team/cache`)).toMatch(reason);
  });

  const ofImagesOnly =
    /cannot be written.*; if it takes images only, name another registry, a server of files or a folder as --shared-cache/;
  const invalid = '{"errors":[{"code":"MANIFEST_INVALID","message":"unsupported media type"}]}';
  test.each<[number, string, RegExp]>([
    [400, invalid, ofImagesOnly],
    [415, invalid, ofImagesOnly],
    [405, '{"errors":[{"code":"UNSUPPORTED","message":"the operation is unsupported"}]}', ofImagesOnly],
    [404, '{"errors":[{"code":"NAME_UNKNOWN","message":"no such repository"}]}', ofImagesOnly],
    [403, '{"errors":[{"code":"DENIED","message":"no pushing"}]}', /cannot be written.*log in/],
  ])('refuses artifacts with %i %s', async (status, body, warning) => {
    const server = await startServer(({ method, path }) => {
      if (method === 'PUT' && path.includes('/manifests/')) return { status, body };
      return { status: method === 'HEAD' && path.includes('/blobs/') ? 200 : 404 };
    });
    const { exitCode, stdout, stderr } = await team.write(`oci://${server.host}/team/cache`, PIN);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: alone.stdout });
    const lines = stderr.replace(alone.stderr, '').split('\n').filter(Boolean);
    expect(lines).toEqual([expect.stringMatching(warning)]);
    expect(server.requests.filter(({ method }) => method === 'PUT').length).toBeGreaterThan(0);
  });

  test('refuses a login', async () => {
    const guard = basicAuthentication('ci', 'right');
    const server = await startRegistry({ guard });
    const environment = loginAt(server.host, { username: 'ci', password: 'wrong' });
    const warning = await expectOneWarning(`oci://${server.host}/team/cache`, environment);
    expect(warning).toContain('refused your credentials');
    expect(warning).not.toContain('wrong');
  });

  test('leads an upload to another host gets no credentials there', async () => {
    const thief = await startServer(ok);
    const guard = basicAuthentication('ci', 'right');
    const server = await startServer((request) => {
      const refusal = guard(request, 'team/cache');
      if (refusal) return refusal;
      if (request.method === 'POST')
        return { status: 202, headers: { location: `${thief.origin}/v2/team/cache/blobs/uploads/1` } };
      return { status: 404 };
    });
    const { exitCode, stdout, stderr } = await team.write(`oci://${server.host}/team/cache`, PIN, {
      environment: loginAt(server.host, { username: 'ci', password: 'right' }),
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: alone.stdout });
    expect(stderr).toContain('sends an upload to another place');
    expect(thief.requests).toEqual([]);
  });
});

describe('a folder that', () => {
  test('is not there is not made', async () => {
    const parent = temporaryFolder();
    expect(await expectOneWarning(`file://${parent}/not-mounted`)).toContain('there is no such folder');
    expect(readdirSync(parent)).toEqual([]);
  });

  test('is a file', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(await expectOneWarning(`file://${file}`)).toContain('there is no such folder');
  });

  test('has folders, links and garbage in the place of entries', async () => {
    const folder = temporaryFolder();
    const url = `file://${folder}`;
    await team.write(url, PIN);
    const [first = '', second = '', ...rest] = entriesIn(folder);
    const spoiled = temporaryFolder();
    mkdirSync(join(spoiled, 'ac', first), { recursive: true });
    symlinkSync('/dev/zero', join(spoiled, 'ac', second));
    for (const name of rest) writeFileSync(join(spoiled, 'ac', name), 'garbage');
    const { exitCode, stdout, stderr } = await team.read(`file://${spoiled}`, PIN);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: alone.stdout });
    expect(stderr.match(/warning: the shared cache/g)).toHaveLength(1);
  });
});

describe('entries that', () => {
  test('are signed with another key are not believed, and replaced by who writes', async () => {
    const folder = temporaryFolder();
    const url = `file://${folder}`;
    await others.write(url, PIN);
    const { stdout, stderr } = await team.read(url, PIN);
    expect(stdout).toBe(alone.stdout);
    expect(stderr.match(/warning: the shared cache/g)).toHaveLength(1);
    expect(stderr).toContain('is signed with the key others-1, and no trusted key has this name');
    await team.write(url, PIN);
    expect((await team.read(url, PIN)).stderr).toBe(alone.stderr);
    expect((await team.read(url, [...PIN, '--shared-cache-key', others.publicKey])).stderr).toBe(alone.stderr);
  });

  test('were copied to the names of others are not believed, also though their signature is good', async () => {
    const folder = temporaryFolder();
    const url = `file://${folder}`;
    await team.write(url, PIN);
    const texts = entriesIn(folder).map((name) => readFileSync(join(folder, 'ac', name)));
    for (const [at, name] of entriesIn(folder).entries())
      writeFileSync(join(folder, 'ac', name), texts[(at + 1) % texts.length] ?? '');
    const { stdout, stderr } = await team.read(url, PIN);
    expect(stdout).toBe(alone.stdout);
    expect(stderr).toContain('it is the answer to another question');
    expect(stderr.match(/warning: the shared cache/g)).toHaveLength(1);
  });
});
