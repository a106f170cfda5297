import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { splitName } from '../../../src/oci/reference.js';
import { AuthFileError, credentialsIn, readAuthFile } from '../../../src/registry/credentials/auth-file.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../fixtures/docker-config/${name}`, import.meta.url));
const base64 = (text: string): string => Buffer.from(text).toString('base64');

function fileWith(content: unknown): string {
  const path = join(temporaryFolder(), 'auth.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function passwordIn(path: string, image: string, format: 'auth.json' | 'dockercfg' = 'auth.json') {
  const file = await readAuthFile(path, format);
  const found = file && credentialsIn(file, splitName(image));
  return found?.kind === 'basic' ? found.password : found;
}

describe('the longest key that names the repository or something above it wins', () => {
  test.each([
    ['my-registry.local/foo/bar/image', 'of the image'],
    ['my-registry.local/foo/bar/other', 'of foo'],
    ['my-registry.local/foo', 'of foo'],
    ['my-registry.local/foobar', 'of the registry'],
    ['my-registry.local/a/b/c', 'of the registry'],
    ['other.local/a', undefined],
    ['my-registry.local:5000/a', undefined],
  ])('%s', async (image, password) => {
    expect(await passwordIn(fixture('namespaces.json'), image)).toBe(password);
  });
});

describe('keys as docker has written them', () => {
  test.each([
    ['https://index.docker.io/v1/', 'redis'],
    ['https://index.docker.io/v1/', 'registry-1.docker.io/library/redis'],
    ['index.docker.io', 'redis'],
    ['registry-1.docker.io', 'redis'],
    ['docker.io', 'index.docker.io/a/b'],
    ['docker.io/library', 'redis'],
    ['index.docker.io/v1/', 'redis'],
    ['https://quay.io', 'quay.io/a'],
    ['https://quay.io/v2/', 'quay.io/a/b'],
    ['http://localhost:5000/v1/', 'localhost:5000/a'],
    ['quay.io/', 'quay.io/a'],
    ['quay.io/a/', 'quay.io/a'],
    ['Quay.IO', 'quay.io/a'],
  ])('%s holds for %s', async (key, image) => {
    expect(await passwordIn(fileWith({ auths: { [key]: { auth: base64('ada:secret') } } }), image)).toBe('secret');
  });

  test('the plain name of Docker Hub comes before its old keys, and an empty entry hides nothing', async () => {
    const auth = (password: string) => ({ auth: base64(`ada:${password}`) });
    const auths = {
      'https://index.docker.io/v1/': auth('old'),
      'index.docker.io': auth('odd'),
      'docker.io': auth('plain'),
    };
    expect(await passwordIn(fileWith({ auths }), 'redis')).toBe('plain');
    expect(await passwordIn(fileWith({ auths: { ...auths, 'docker.io': {} } }), 'redis')).toBe('old');
    expect(await passwordIn(fileWith({ auths: { 'quay.io/a': {}, 'quay.io': auth('whole') } }), 'quay.io/a')).toBe(
      'whole',
    );
  });

  test('a URL with a path means its host in .dockercfg and in config.json', async () => {
    expect(await passwordIn(fixture('dockercfg'), 'quay.io/a/b', 'dockercfg')).toBe('from dockercfg');
    expect(await passwordIn(fixture('dockercfg'), 'redis', 'dockercfg')).toBe('of the hub');
  });
});

describe('what an entry may say', () => {
  test.each([
    [{ auth: base64('ada:pass:word') }, { kind: 'basic', username: 'ada', password: 'pass:word' }],
    [{ auth: base64(':token') }, { kind: 'basic', username: '', password: 'token' }],
    [{ auth: base64('ada:') }, { kind: 'basic', username: 'ada', password: '' }],
    [{ auth: base64('ada:pass\0\0') }, { kind: 'basic', username: 'ada', password: 'pass' }],
    [{ auth: base64('zoë:pässword') }, { kind: 'basic', username: 'zoë', password: 'pässword' }],
    [
      { username: 'ada', password: 'plain' },
      { kind: 'basic', username: 'ada', password: 'plain' },
    ],
    [
      { auth: base64('0000:'), identitytoken: 'refresh' },
      { kind: 'identity-token', token: 'refresh' },
    ],
    [{ registrytoken: 'access' }, { kind: 'bearer', token: 'access' }],
    [{ auth: base64(':') }, undefined],
    [{ auth: '' }, undefined],
    [{ auth: '', email: 'ada@example.org' }, undefined],
    [null, undefined],
  ])('%j', async (entry, expected) => {
    const path = fileWith({ auths: { 'quay.io': entry } });
    const file = await readAuthFile(path, 'auth.json');
    const found = file && credentialsIn(file, splitName('quay.io/a'));
    expect(found).toEqual(expected && { ...expected, source: `quay.io in ${path}` });
  });
});

test('printed or turned into JSON, credentials show where they are from and nothing else', async () => {
  const path = fileWith({ auths: { 'quay.io': { auth: base64('ada:hidden') } } });
  const file = await readAuthFile(path, 'auth.json');
  const found = file && credentialsIn(file, splitName('quay.io/a'));
  const shown = `[credentials from quay.io in ${path}]`;
  expect(inspect({ found }, { showHidden: true, depth: 9 })).not.toContain('hidden');
  expect([inspect(found), `${found}`, JSON.stringify(found)]).toEqual([shown, shown, JSON.stringify(shown)]);
});

describe('a file that is missing or empty has no logins', () => {
  test('no file, no folder, and a file where a folder should be', async () => {
    expect(await readAuthFile(join(temporaryFolder(), 'none', 'auth.json'), 'auth.json')).toBeUndefined();
    expect(await readAuthFile(join(fileWith('{}'), 'below-a-file'), 'auth.json')).toBeUndefined();
  });

  test.each(['', ' \n', '{}', 'null', '{"auths":null,"credHelpers":null}'])('%j', async (text) => {
    expect(await passwordIn(fileWith(text), 'quay.io/a')).toBeUndefined();
  });
});

describe('a malformed file is reported with the position, and its contents are not shown', () => {
  test.each([
    ['{"auths": {\n  "quay.io": {"auth": "c2VjcmV0"} secret\n}}', 'is not valid JSON at line 2, column 35'],
    ['{"auths": {"quay.io": {"auth": "c2VjcmV0', 'is not valid JSON at line 1, column 32'],
    ['[]', 'the file is not an object'],
    ['{"auths": "secret"}', 'auths is not an object'],
    ['{"auths": {"quay.io": "secret"}}', 'auths["quay.io"] is not an object'],
    ['{"auths": {"quay.io": {"auth": 5}}}', 'auths["quay.io"].auth is not a string'],
    [
      '{"auths": {"quay.io": {"auth": "secret"}}}',
      'auths["quay.io"].auth is not base64 of username:password; log in again',
    ],
    [`{"auths": {"quay.io": {"auth": "${base64('no colon')}"}}}`, 'is not base64 of username:password'],
    [`{"auths": {"quay.io": {"auth": "${base64('a:b').replace('=', '')}!"}}}`, 'is not base64 of username:password'],
    ['{"auths": {"quay.io": {"auth": "/w=="}}}', 'is not base64 of username:password'],
    ['{"credHelpers": {"quay.io": ["secret"]}}', 'credHelpers["quay.io"] is not a string'],
    ['{"credsStore": {}}', 'credsStore is not a string'],
  ])('%s', async (text, problem) => {
    const path = fileWith(text);
    const error = await passwordIn(path, 'quay.io/a').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuthFileError);
    expect((error as Error).message).toContain(`${path}: `);
    expect((error as Error).message).toContain(problem);
    expect((error as Error).message).not.toMatch(/secret|c2VjcmV0/);
  });

  test('a damaged entry for another registry does no harm', async () => {
    const path = fileWith({ auths: { 'quay.io': { auth: '!!' }, 'ghcr.io': { auth: base64('ada:fine') } } });
    expect(await passwordIn(path, 'ghcr.io/a')).toBe('fine');
  });

  test('a folder in place of the file cannot be read', async () => {
    const path = temporaryFolder();
    await expect(readAuthFile(path, 'auth.json')).rejects.toThrow(`${path}: is not a regular file; name another file`);
  });
});

test('long rows of slashes and of zero bytes are read in linear time', async () => {
  const auths = {
    [`quay.io${'/'.repeat(300_000)}x`]: { auth: base64('ada:other') },
    [`quay.io${'/'.repeat(300_000)}`]: { auth: base64(`ada:\0${'\0'.repeat(300_000)}x${'\0'.repeat(300_000)}`) },
  };
  expect(await passwordIn(fileWith({ auths }), 'quay.io/a')).toBe('x');
});
