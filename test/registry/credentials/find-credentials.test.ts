import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { splitName } from '../../../src/oci/reference.js';
import { concealed } from '../../../src/registry/credentials/credentials.js';
import { type CredentialsOptions, createCredentials } from '../../../src/registry/credentials/find-credentials.js';
import { credentialHelpers } from '../../support/credential-helpers.js';
import { startDockerRegistry } from '../../support/docker-registry.js';
import { hello, read } from '../../support/reading.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../fixtures/docker-config/${name}`, import.meta.url));

function write(path: string, password: string, registry = 'quay.io'): string {
  const auths = { [registry]: { auth: Buffer.from(`ada:${password}`).toString('base64') } };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(path.endsWith('.dockercfg') ? auths : { auths }));
  return path;
}

const options = (more: Partial<CredentialsOptions>): CredentialsOptions => ({
  environment: {},
  home: temporaryFolder(),
  platform: 'linux',
  warn: (message) => {
    throw new Error(`unexpected warning: ${message}`);
  },
  ...more,
});

async function passwordFor(image: string, more: Partial<CredentialsOptions>): Promise<string | undefined> {
  const found = await createCredentials(options(more))(splitName(image));
  return found?.kind === 'basic' ? found.password : undefined;
}

test('DOCKER_AUTH_CONFIG is a config.json by itself, before the files of podman and docker (GitLab CI)', async () => {
  const home = temporaryFolder();
  write(join(home, '.docker/config.json'), 'of the file');
  const config = (password: string, registry: string): string =>
    JSON.stringify({ auths: { [registry]: { auth: Buffer.from(`ada:${password}`).toString('base64') } } });
  const environment = { DOCKER_AUTH_CONFIG: config('of the variable', 'quay.io') };
  expect(await passwordFor('quay.io/team/app', { home, environment })).toBe('of the variable');
  const other = { DOCKER_AUTH_CONFIG: config('of the variable', 'ghcr.io') };
  expect(await passwordFor('quay.io/team/app', { home, environment: other })).toBe('of the file');
  const named = { ...environment, REGISTRY_AUTH_FILE: write(join(home, 'named'), 'of the named file') };
  expect(await passwordFor('quay.io/team/app', { home, environment: named })).toBe('of the named file');
  await expect(
    passwordFor('quay.io/a', { home, environment: { DOCKER_AUTH_CONFIG: '{"auths":{hidden' } }),
  ).rejects.toThrow(/^DOCKER_AUTH_CONFIG: is not valid JSON at line 1, column 11$/);
});

test('the places are searched in the order that the page on registries gives', async () => {
  const home = temporaryFolder();
  const at = (name: string): string => join(home, name);
  const environment = {
    REGISTRY_AUTH_FILE: at('registry-auth-file'),
    XDG_RUNTIME_DIR: at('runtime'),
    XDG_CONFIG_HOME: at('config'),
    DOCKER_CONFIG: at('docker'),
  };
  const files: readonly [string, Partial<CredentialsOptions>][] = [
    [at('.dockercfg'), { environment: {} }],
    [at('.docker/config.json'), { environment: {} }],
    [at('docker/config.json'), { environment }],
    [at('.config/containers/auth.json'), { environment: {} }],
    [at('config/containers/auth.json'), { environment }],
    [at('runtime/containers/auth.json'), { environment }],
    [at('registry-auth-file'), { environment }],
    [at('authfile'), { environment, authfile: at('authfile') }],
  ];
  // From the last place to the first: each new file must win over all that are there already.
  for (const [file, more] of files) {
    write(file, `from ${file}`);
    expect(await passwordFor('quay.io/a', { home, ...more })).toBe(`from ${file}`);
  }
  const given = {
    registry: 'quay.io',
    credentials: concealed({ kind: 'basic', username: 'a', password: 'given' }, 'x'),
  };
  expect(await passwordFor('quay.io/a', { home, environment, given })).toBe('given');
  expect(await passwordFor('ghcr.io/a', { home, environment, given })).toBeUndefined();
});

test('the first file with a login for the repository wins; a file without one is skipped', async () => {
  const home = temporaryFolder();
  write(join(home, '.config/containers/auth.json'), 'of ghcr', 'ghcr.io');
  write(join(home, '.docker/config.json'), 'of quay', 'quay.io/a/b');
  expect(await passwordFor('quay.io/a/b', { home })).toBe('of quay');
  expect(await passwordFor('ghcr.io/a/b', { home })).toBe('of ghcr');
  expect(await passwordFor('quay.io/a', { home })).toBeUndefined();
});

test('DOCKER_CONFIG replaces ~/.docker', async () => {
  const home = temporaryFolder();
  write(join(home, '.docker/config.json'), 'of home');
  expect(await passwordFor('quay.io/a', { home, environment: { DOCKER_CONFIG: temporaryFolder() } })).toBeUndefined();
});

test('XDG_RUNTIME_DIR is looked into on Linux only', async () => {
  const runtime = temporaryFolder();
  write(join(runtime, 'containers/auth.json'), 'of the session');
  const environment = { XDG_RUNTIME_DIR: runtime };
  expect(await passwordFor('quay.io/a', { environment })).toBe('of the session');
  expect(await passwordFor('quay.io/a', { environment, platform: 'darwin' })).toBeUndefined();
});

test('the file of --authfile must be there', async () => {
  const authfile = join(temporaryFolder(), 'none.json');
  await expect(passwordFor('quay.io/a', { authfile })).rejects.toThrow(
    `${authfile}: does not exist; check what --authfile`,
  );
  expect(await passwordFor('quay.io/a', { environment: { REGISTRY_AUTH_FILE: authfile } })).toBeUndefined();
});

test('what skopeo login wrote opens the registry', async () => {
  const login = { username: 'ada', password: 'pass:word' };
  const registry = await startDockerRegistry({ login });
  await registry.push('hello', 'latest', hello);
  const authfile = join(temporaryFolder(), 'auth.json');
  const args = [
    'login',
    '--tls-verify=false',
    '--authfile',
    authfile,
    '--username',
    login.username,
    '--password-stdin',
  ];
  await execa('skopeo', [...args, registry.host], { input: login.password });
  for (const more of [{ authfile }, { environment: { REGISTRY_AUTH_FILE: authfile } }]) {
    const source = read(registry.host, { credentials: createCredentials(options(more)) });
    expect(await source.resolve('latest')).toBe(hello.root.digest);
  }
  const anonymous = read(registry.host, { credentials: createCredentials(options({})) });
  await expect(anonymous.resolve('latest')).rejects.toThrow('the registry has no such repository, or it is private');
});

describe('credential helpers', () => {
  function withHelpers(scripts: Readonly<Record<string, string>>) {
    const home = temporaryFolder();
    mkdirSync(join(home, '.docker'));
    copyFileSync(fixture('helpers.json'), join(home, '.docker/config.json'));
    const helpers = credentialHelpers(scripts);
    const warnings: string[] = [];
    const { environment } = helpers;
    const find = createCredentials(options({ home, environment, warn: (message) => warnings.push(message) }));
    return { find: (image: string) => find(splitName(image)), asked: helpers.asked, warnings, home };
  }
  const answer = (name: string): string => `echo '{"Username":"${name}","Secret":"x"}'`;
  const notFound = 'echo credentials not found in native keychain; exit 1';

  test('the helper of a registry is asked instead of the file, the store before the file', async () => {
    const { find, asked, warnings, home } = withHelpers({ cloud: answer('cloud'), store: answer('store') });
    expect(await find('public.ecr.aws/a/b')).toMatchObject({ username: 'cloud' });
    expect(await find('quay.io/a')).toMatchObject({ username: 'store' });
    expect((await find('quay.io/a'))?.source).toBe(`docker-credential-store, named in ${home}/.docker/config.json`);
    expect(asked()).toEqual(['cloud get public.ecr.aws', 'store get quay.io']);
    expect(warnings).toEqual([]);
  });

  test('where the store has nothing the file is used; where the helper has nothing it is not', async () => {
    const { find, warnings } = withHelpers({ cloud: notFound, store: notFound });
    expect(await find('quay.io/a')).toMatchObject({ password: 'of quay' });
    expect(await find('public.ecr.aws/a')).toBeUndefined();
    expect(await find('ghcr.io/a')).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  test('for Docker Hub they are asked by the key of docker, then by that of podman', async () => {
    const podman = `[ "$server" = docker.io ] && ${answer('podman')} || { ${notFound}; }`;
    const { find, asked } = withHelpers({ cloud: podman, store: notFound });
    expect(await find('redis')).toMatchObject({ username: 'podman' });
    expect(await find('registry-1.docker.io/a/b')).toMatchObject({ username: 'podman' });
    expect(asked()).toEqual(['cloud get https://index.docker.io/v1/', 'cloud get docker.io']);
  });

  test('many questions at once run a helper once', async () => {
    const { find, asked } = withHelpers({ store: `sleep 0.1; ${answer('store')}` });
    await Promise.all(Array.from({ length: 50 }, (_, index) => find(`quay.io/a${index}`)));
    expect(asked()).toEqual(['store get quay.io']);
  });

  test('one that is missing or fails gives a warning, once, and the file is used', async () => {
    const { find, warnings, home } = withHelpers({ cloud: 'echo "token expired" >&2; exit 2' });
    const named = `named in ${home}/.docker/config.json`;
    expect(await find('quay.io/a')).toMatchObject({ password: 'of quay' });
    expect(await find('ghcr.io/b')).toBeUndefined();
    expect(await find('public.ecr.aws/a')).toBeUndefined();
    expect(warnings).toEqual([
      `the credential helper docker-credential-store, ${named}, is not on the PATH; install it, or take it out of that file; pullpin continues without it`,
      `the credential helper docker-credential-cloud, ${named}, failed with exit code 2: token expired; pullpin continues without it`,
    ]);
  });
});
