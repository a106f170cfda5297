import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Answer } from '../../../src/doctor/answer.js';
import { credentialHelpers } from '../../support/credential-helpers.js';
import { type DockerRegistry, startDockerRegistry } from '../../support/docker-registry.js';
import { fixtureImages } from '../../support/fixture-images.js';
import { runPullpin } from '../../support/run-pullpin.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const HELLO = fixtureImages()['hello'] ?? expect.unreachable();
const LOGIN = { username: 'ann', password: 's3cret' };
let open: DockerRegistry;
let locked: DockerRegistry;
let tls: DockerRegistry;
beforeAll(async () => {
  [open, locked, tls] = await Promise.all([
    startDockerRegistry(),
    startDockerRegistry({ login: LOGIN }),
    startDockerRegistry({ tls: true }),
  ]);
  for (const registry of [open, locked, tls]) await registry.push('hello', '1', HELLO);
});

interface Diagnosis {
  readonly exitCode: number | undefined;
  readonly stderr: string;
  readonly of: (check: string) => Answer | undefined;
}

async function doctor(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Diagnosis> {
  const { stdout, stderr, exitCode } = await runPullpin(['doctor', '--json', ...args], { env });
  const { checks } = JSON.parse(stdout) as { checks: readonly Answer[] };
  return { exitCode, stderr, of: (name) => checks.find(({ check }) => check === name) };
}

/** A folder with a program called nix that has these settings, in front of the PATH. */
function nixWith(settings: Readonly<Record<string, unknown>>, isOld = false): Readonly<Record<string, string>> {
  const bin = temporaryFolder();
  const json = JSON.stringify(Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, { value }])));
  const refusal = isOld
    ? '[ "$3" = config ] && { echo "error: config is not a recognised command" >&2; exit 1; }\n'
    : '';
  writeFileSync(join(bin, 'nix'), `#!/bin/sh\n${refusal}cat <<'EOF'\n${json}\nEOF\n`, { mode: 0o755 });
  return { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
}

test('the Nix of this machine', async () => {
  const { exitCode, of, stderr } = await doctor([]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  for (const check of ['nix', 'sandbox', 'netrc-file', 'ssl-cert-file', 'proxies', 'skopeo-policy'])
    expect(of(check), check).toMatchObject({ status: 'ok' });
});

test('people read a line for each check', async () => {
  const { stdout, exitCode } = await runPullpin(['doctor']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^ok {7}nix: Nix is there\nok {7}sandbox: /);
});

test('without Nix, nothing can be built', async () => {
  const { exitCode, of } = await doctor([], { PATH: '/nowhere' });
  expect(exitCode).toBe(1);
  expect(of('nix')).toMatchObject({
    status: 'problem',
    message: expect.stringMatching(/^there is no nix on the PATH: install Nix/),
  });
});

test.each([true, false])('the settings of Nix, old: %s', async (isOld) => {
  const env = {
    ...nixWith({ sandbox: false, 'trusted-users': ['root', '@wheel'], 'netrc-file': '/x/netrc' }, isOld),
    USER: 'ann',
  };
  const { of } = await doctor([], env);
  expect(of('sandbox')?.message).toBe('builds are not sandboxed');
  expect(of('netrc-file')?.message).toContain('/x/netrc');
  const isRoot = process.getuid?.() === 0;
  expect(of('trusted-user')).toMatchObject(
    isRoot ? { status: 'ok' } : { status: 'warning', lines: ['/etc/nix/nix.conf: extra-trusted-users = ann'] },
  );
});

test('certificates that only this user trusts', async () => {
  const { exitCode, of } = await doctor([], { NODE_EXTRA_CA_CERTS: '/home/ann/ca.pem' });
  expect(exitCode).toBe(0);
  expect(of('ssl-cert-file')).toMatchObject({
    status: 'warning',
    message: expect.stringContaining('NODE_EXTRA_CA_CERTS has you trust /home/ann/ca.pem'),
    lines: [expect.stringContaining('extraCertificateFiles = [ /home/ann/ca.pem ]'), expect.any(String)],
  });
  const odd = await doctor([], { NODE_EXTRA_CA_CERTS: '/home/ann/${evil}.pem' });
  expect(odd.of('ssl-cert-file')?.lines.join()).not.toContain('evil');
});

test('proxies that the Nix daemon does not have', async () => {
  const proxy = { https_proxy: 'http://ann:s3cret@proxy.example:3128' };
  expect((await doctor([], { ...proxy, NIX_REMOTE: 'daemon', ...nixWith({}) })).of('proxies')).toMatchObject({
    status: 'warning',
    lines: ['nix-daemon.service: Environment=https_proxy=…', expect.stringContaining('networking.proxy.default')],
  });
});

test.each([
  ['{"default":[{"type":"insecureAcceptAnything"}]}', 'ok', 'accepts all images'],
  ['{"default":[{"type":"reject"}]}', 'warning', 'has other rules'],
  ['nonsense', 'warning', 'is not JSON'],
])('the policy %s', async (text, status, message) => {
  const config = temporaryFolder();
  mkdirSync(join(config, 'containers'));
  writeFileSync(join(config, 'containers/policy.json'), text);
  const { of } = await doctor([], { XDG_CONFIG_HOME: config });
  expect(of('skopeo-policy')).toMatchObject({ status, message: expect.stringContaining(message) });
});

test('without logins, a build has as many', async () => {
  expect((await doctor([])).of('logins')).toEqual({
    ...{ check: 'logins', status: 'ok', message: 'you have no logins, and a build has none', lines: [] },
  });
});

test('the logins that docker and podman left here, and a build does not have', async () => {
  const [docker, runtime] = [temporaryFolder(), temporaryFolder()];
  const auth = Buffer.from('ann:s3cret').toString('base64');
  const helpers = credentialHelpers({
    desktop: `echo '{"https://index.docker.io/v1/":"ann","quay.io":"ann"}'`,
    gcr: 'exit 1',
  });
  const config = {
    auths: { 'https://registry.example/v2/': { auth }, 'quay.io': {} },
    credHelpers: { 'gcr.io': 'gcr' },
  };
  writeFileSync(join(docker, 'config.json'), JSON.stringify({ ...config, credsStore: 'desktop' }));
  mkdirSync(join(runtime, 'containers'));
  writeFileSync(join(runtime, 'containers/auth.json'), JSON.stringify({ auths: { 'ghcr.io/acme': { auth } } }));
  const env = { DOCKER_CONFIG: docker, XDG_RUNTIME_DIR: runtime, ...helpers.environment };
  const { exitCode, stderr, of } = await doctor([], env);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(of('logins')).toMatchObject({
    status: 'warning',
    lines: [expect.stringContaining('pullpin doctor IMAGE'), expect.stringContaining('--store')],
  });
  const shown = of('logins')?.message ?? '';
  expect(shown).toContain(
    [
      'docker.io (docker-credential-desktop)',
      'gcr.io (docker-credential-gcr)',
      `ghcr.io/acme (${runtime}/containers/auth.json)`,
      'quay.io (docker-credential-desktop)',
      `registry.example (${docker}/config.json)`,
    ].join(', '),
  );
  expect(shown).not.toMatch(/s3cret|YW5u/);
  expect(helpers.asked()).toEqual(['desktop list ']);
});

test.each([
  ['a file that is not JSON', '{', /config\.json: is not valid JSON/],
  [
    'a credential store that is not there',
    '{"credsStore":"missing"}',
    /docker-credential-missing, named in .*config\.json, does not say/,
  ],
  [
    'a credential store with a hostile name',
    '{"credsStore":"../x; y"}',
    /docker-credential-\.\.\/x; y, named in .*, does not say/,
  ],
])('%s is named, and does not end the diagnosis', async (_, text, message) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'config.json'), text);
  const { exitCode, of } = await doctor([], { DOCKER_CONFIG: folder });
  expect(exitCode).toBe(0);
  expect(of('logins')).toMatchObject({ status: 'warning', message: expect.stringMatching(message) });
});

test('an image that anybody can fetch, over plain HTTP', async () => {
  const { exitCode, of } = await doctor([`${open.host}/hello:1`]);
  expect(exitCode).toBe(0);
  expect(of('image')).toMatchObject({ status: 'ok' });
  expect(of('tls')).toMatchObject({ status: 'warning', lines: ['tlsVerify = false;'] });
  expect(of('credentials')).toMatchObject({ status: 'ok' });
});

test('an image that needs a login, which a build does not have', async () => {
  const authfile = join(temporaryFolder(), 'auth.json');
  const auth = Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64');
  writeFileSync(authfile, JSON.stringify({ auths: { [locked.host]: { auth } } }));
  const image = `${locked.host}/hello:1`;
  const { exitCode, of, stderr } = await doctor(['--authfile', authfile, '--insecure', locked.host, image]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
  expect(of('image')).toMatchObject({ status: 'ok' });
  expect(of('credentials')).toMatchObject({
    status: 'problem',
    lines: [`pullpin --store ${image}`, expect.any(String)],
  });
});

test.each(['--ca-file', 'NODE_EXTRA_CA_CERTS', 'certs.d'])(
  'a certificate that this user trusts by %s, and a build does not',
  async (way) => {
    const config = temporaryFolder();
    const folder = join(config, 'containers/certs.d', tls.host);
    mkdirSync(folder, { recursive: true });
    const caFile = tls.caFile ?? expect.unreachable();
    if (way === 'certs.d') copyFileSync(caFile, join(folder, 'ca.crt'));
    const image = `${tls.host}/hello:1`;
    const env = { XDG_CONFIG_HOME: config, ...(way === 'NODE_EXTRA_CA_CERTS' && { [way]: caFile }) };
    const { exitCode, of } = await doctor([...(way === '--ca-file' ? [way, caFile] : []), image], env);
    expect(exitCode).toBe(1);
    expect(of('image')).toMatchObject({ status: 'ok' });
    expect(of('tls')).toMatchObject({
      status: 'problem',
      message: expect.stringContaining('a build does not'),
      lines: [expect.stringContaining('extraCertificateFiles'), expect.stringContaining(`pullpin --store ${image}`)],
    });
  },
);

test('TLS that neither verifies', async () => {
  const { exitCode, of } = await doctor(['--insecure', tls.host, `${tls.host}/hello:1`]);
  expect(exitCode).toBe(0);
  expect(of('tls')).toMatchObject({ status: 'warning', lines: ['tlsVerify = false;'] });
  expect(of('credentials')).toMatchObject({ status: 'ok' });
});

test('an image that only a mirror of this user has', async () => {
  const conf = join(temporaryFolder(), 'registries.conf');
  writeFileSync(
    conf,
    `[[registry]]\nlocation = "${open.host}/gone"\n[[registry.mirror]]\nlocation = "${open.host}/hello"\n`,
  );
  const { digests } = JSON.parse((await runPullpin(['digest', '--json', `${open.host}/hello:1`])).stdout);
  const image = `${open.host}/gone@${digests[0].digest}`;
  const { exitCode, of } = await doctor([image], { CONTAINERS_REGISTRIES_CONF: conf });
  expect(of('image')).toMatchObject({ status: 'ok' });
  expect(of('credentials')).toMatchObject({ status: 'problem', message: expect.stringContaining('mirror') });
  expect(exitCode).toBe(1);
});

test('nothing is said of a certificate that no request has seen', async () => {
  const { of } = await doctor(['--registry-map', `nowhere.invalid=${open.host}`, 'nowhere.invalid/hello:1']);
  expect(of('image')).toMatchObject({ status: 'ok' });
  expect(of('credentials')).toMatchObject({ status: 'warning', message: expect.stringContaining('not known') });
  expect(of('tls')).toBeUndefined();
});

test('an image that is not there', async () => {
  const { exitCode, of } = await doctor([`${open.host}/hello:9`]);
  expect(exitCode).toBe(1);
  expect(of('image')).toMatchObject({ status: 'problem', message: expect.stringContaining('no such tag') });
  expect(of('credentials')).toBeUndefined();
});

test.each([
  [['redis', 'nginx'], /doctor looks at one image/],
  [['Redis:'], /is not an image name/],
])('%j is a usage error', async (args, message) => {
  const { exitCode, stderr } = await runPullpin(['doctor', ...args]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(message);
});
