import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startRegistry } from '../support/faulty-registry.js';
import { image } from '../support/images.js';
import { runInProcess, testContext } from '../support/run-in-process.js';
import { entriesIn, makeTeam } from '../support/shared-cache.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const team = await makeTeam();
const registry = await startRegistry();
registry.add(
  'app:1',
  image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from('x') }] }),
);
const IMAGE = `${registry.host}/app:1`;
const pin = (args: readonly string[], changes = {}) => runInProcess(['pin', IMAGE, ...args], testContext(changes));

describe('refused, with exit code 2, is', () => {
  const key = ['--shared-cache-key', team.publicKey];
  test.each<[readonly string[], string]>([
    [['--shared-cache', 'file:///srv/cache'], 'needs --shared-cache-key NAME:BASE64'],
    [key, '--shared-cache-key needs --shared-cache URL'],
    [['--verify-shared', '2%'], '--verify-shared needs --shared-cache URL'],
    [['--shared-cache', 'cache.example', ...key], '--shared-cache is oci://HOST/REPOSITORY'],
    [['--shared-cache', 'ftp://cache.example/x', ...key], '--shared-cache is oci://HOST/REPOSITORY'],
    [['--shared-cache', 'http://cache.example/x', ...key], 'plain HTTP is for this machine only'],
    [['--shared-cache', 'file://cache.example/srv', ...key], 'names no folder'],
    [['--shared-cache', 'https://cache.example/x?token=y', ...key], 'a query'],
    [['--shared-cache', 'oci://redis', ...key], 'is no repository'],
    [['--shared-cache', 'file:cache', ...key], 'names no folder'],
    [['--shared-cache', 'oci://ghcr.io/acme/cache:latest', ...key], 'is no repository'],
    [['--shared-cache', 'oci://acme/cache', ...key], 'is no repository'],
    [['--shared-cache', 'oci://ghcr.io/../x', ...key], 'is no repository'],
    [['--shared-cache', 'file:///srv/cache', ...key, '--verify-shared', '101'], 'a number from 0 to 100'],
    [['--shared-cache', 'file:///srv/cache', ...key, '--verify-shared=-1'], 'a number from 0 to 100'],
    [['--shared-cache', 'file:///srv/cache', '--shared-cache-write', 'no-such-file'], 'does not exist'],
    [['--shared-cache', 'file:///srv/cache', '--shared-cache-write', '/dev/zero'], 'is not a regular file'],
  ])('%j', async (args, reason) => {
    const before = registry.questions.length;
    const { exitCode, stdout, stderr } = await pin(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(reason);
    expect(stderr.split('\n').filter(Boolean)).toHaveLength(1);
    expect(registry.questions.length).toBe(before);
  });

  test('a password in the URL, which is not shown', async () => {
    const { exitCode, stderr } = await pin(['--shared-cache', 'https://ci:hunter2@cache.example/', ...key]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('log in with docker login')]);
    expect(stderr).not.toContain('hunter2');
  });

  test('a file that is no secret key, of which nothing is shown', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'hunter2');
    const { exitCode, stderr } = await pin(['--shared-cache', 'file:///srv/cache', '--shared-cache-write', file]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('is not a secret key')]);
    expect(stderr).not.toContain('hunter2');
  });
});

test.each([
  'oci://user:s3cret@ghcr.io/acme/cache',
  'https://user:s3cret@cache.example/x',
  'https://s3cret@cache.example/x',
  'https://user:s3cret@cache example/x',
  'https://user:s3/cret@cache.example/x',
  'http://user:s3cret@[bad/x',
  's3://key:s3cret@bucket/x',
  'https://cache.example/x?token=s3cret',
  'https://cache.example/x#s3cret',
  'oci://ghcr.io/acme/cache?token=s3cret',
])('what may be a secret in %s is not shown', async (url) => {
  const { exitCode, stdout, stderr } = await pin(['--shared-cache', url, '--shared-cache-key', team.publicKey]);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^pullpin: --shared-cache .*\n$/);
  expect(stderr).not.toMatch(/s3c|cret@|user/);
});

test('a secret key that all users can read is used, with a warning', async () => {
  const file = join(temporaryFolder(), 'team.secret');
  copyFileSync(team.secretFile, file);
  chmodSync(file, 0o644);
  const words = (secret: string) => ['--shared-cache', `file://${temporaryFolder()}`, '--shared-cache-write', secret];
  expect((await pin(words(file))).stderr).toContain('all users of this machine can read it; run chmod 600');
  expect((await pin(words(team.secretFile))).stderr).not.toContain('chmod');
});

describe('a pullpin.toml', () => {
  const settings = (folder: string) => ({
    'shared-cache': `file://${folder}`,
    'shared-cache-key': team.publicKey,
    'shared-cache-write': team.secretFile,
    'verify-shared': '2%',
  });
  const toml = (values: object): string =>
    Object.entries(values)
      .map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`)
      .join('');

  test.each(Object.entries(settings('/srv/cache')))('of a repository may not set %s', async (name, value) => {
    const context = testContext();
    mkdirSync(join(context.folder, '.git'));
    writeFileSync(join(context.folder, 'pullpin.toml'), toml({ [name]: value }));
    const { exitCode, stderr } = await runInProcess(['pin', IMAGE], { ...context, home: temporaryFolder() });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`pullpin.toml:1: ${name} may stand only in your own file`);
  });

  test('of the user sets all of them, also one that waits for the others', async () => {
    const [home, folder] = [temporaryFolder(), temporaryFolder()];
    const own = join(home, '.config/pullpin/pullpin.toml');
    mkdirSync(dirname(own), { recursive: true });
    writeFileSync(own, toml(settings(folder)));
    expect(await pin([], { home })).toMatchObject({ exitCode: 0 });
    expect(entriesIn(folder)).toHaveLength(1);
    const { 'shared-cache': _, ...waiting } = settings(folder);
    writeFileSync(own, toml(waiting));
    expect(await pin([], { home })).toMatchObject({ exitCode: 0 });
  });

  test('is not needed: the environment sets them, too', async () => {
    const folder = temporaryFolder();
    const environment = {
      PULLPIN_SHARED_CACHE: `file://${folder}`,
      PULLPIN_SHARED_CACHE_KEY: `${team.publicKey} ${team.publicKey}`,
      PULLPIN_SHARED_CACHE_WRITE: team.secretFile,
      PULLPIN_VERIFY_SHARED: '0.5',
    };
    expect(await pin([], { environment })).toMatchObject({ exitCode: 0 });
    expect(entriesIn(folder)).toHaveLength(1);
  });
});

describe('pullpin cache key', () => {
  test('writes a secret that only its owner can read, and prints the public part, also later', async () => {
    const file = join(temporaryFolder(), 'team.secret');
    const made = await runInProcess(['cache', 'key', 'team-1', file]);
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    expect(made.stdout).toMatch(/^team-1:[A-Za-z0-9+/]{43}=\n$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await runInProcess(['cache', 'key', file])).toEqual(made);
  });

  test.each<[readonly string[], number, string]>([
    [[], 2, 'name the key and a file'],
    [['a b', 'file'], 2, 'is no name of a key'],
    [['../x', 'file'], 2, 'is no name of a key'],
    [['a', 'b', 'c'], 2, 'one argument too many'],
    [['--clear', 'a', 'b'], 2, 'does not go together'],
    [['no-such-file'], 2, 'does not exist'],
    [['team-1', 'no-such-folder/file'], 1, 'cannot be written'],
  ])('%j is refused', async (words, code, reason) => {
    const { exitCode, stdout, stderr } = await runInProcess(['cache', 'key', ...words]);
    expect([exitCode, stdout, stderr]).toEqual([code, '', expect.stringContaining(reason)]);
  });

  test('never replaces a key', async () => {
    const file = join(temporaryFolder(), 'team.secret');
    await runInProcess(['cache', 'key', 'team-1', file]);
    const before = readFileSync(file, 'utf8');
    const again = await runInProcess(['cache', 'key', 'team-1', file]);
    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('a key is never replaced')]);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});
