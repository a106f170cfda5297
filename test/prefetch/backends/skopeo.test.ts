import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, expect, test } from 'vitest';
import { type DockerRegistry, startDockerRegistry } from '../../support/docker-registry.js';
import { fixtureImages } from '../../support/fixture-images.js';
import { image } from '../../support/images.js';
import { runPullpin } from '../../support/run-pullpin.js';
import { tar } from '../../support/tar.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const CONFIG = '{"architecture":"amd64","os":"linux"}';
let registry: DockerRegistry;
beforeAll(async () => {
  registry = await startDockerRegistry();
  for (const name of ['hello', 'docker-schema2', 'arm-variants'])
    await registry.push(name, '1', fixtureImages()[name] ?? expect.unreachable());
  const { stdout: bytes } = await execa('bzip2', ['-c'], { input: tar({ a: 'b' }), encoding: 'buffer' });
  const layer = { bytes, compression: 'none', mediaType: 'application/vnd.oci.image.layer.v1.tar' } as const;
  await registry.push('bzip2', '1', image({ config: CONFIG, layers: [layer] }));
});

/** A folder with a program called skopeo, in front of the PATH. */
function withProgram(script: string): Readonly<Record<string, string>> {
  const bin = temporaryFolder();
  writeFileSync(join(bin, 'skopeo'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
}

test.each([
  ['hello', []],
  ['hello', ['--platform', 'linux/arm64', '--final-tag', 'other']],
  ['docker-schema2', []],
  ['arm-variants', ['--platform', 'linux/arm/v6']],
  ['hello', ['-t', 'nix2container']],
] as const)('skopeo makes the same pin, and --verify agrees: %s %j', async (name, args) => {
  const typed = [...args, `${registry.host}/${name}:1`];
  const own = await runPullpin(typed);
  const skopeo = await runPullpin(['--backend', 'skopeo', ...typed]);
  expect(own).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('sha256-') });
  expect(skopeo).toEqual(own);
  expect(await runPullpin(['--verify', ...typed])).toEqual(own);
});

test('skopeo is run with arguments as they are, and leaves nothing behind', async () => {
  const folder = temporaryFolder();
  const temporary = join(folder, "t m'p");
  mkdirSync(temporary);
  const record = withProgram(`printf '%s\\n' "$@" >>'${folder}/words'; exec /usr/bin/skopeo "$@"`);
  const args = ['--backend', 'skopeo', '--no-cache', `${registry.host}/hello:1`];
  const { exitCode, stderr } = await runPullpin(args, { env: { ...record, TMPDIR: temporary } });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const words = readFileSync(join(folder, 'words'), 'utf8').trim().split('\n');
  const digest = fixtureImages()['hello']?.manifests[0]?.digest;
  expect(words).toEqual([
    '--version',
    '--insecure-policy',
    expect.stringMatching(/^--tmpdir=.*t m'p\/\.pullpin-/),
    'copy',
    '--quiet',
    '--src-tls-verify=false',
    `docker://${registry.host}/hello@${digest}`,
    expect.stringMatching(new RegExp(`^docker-archive:.*:${registry.host.replace('.', '\\.')}/hello:1$`)),
  ]);
  expect(readdirSync(temporary)).toEqual([]);
});

test('an image that pullpin refuses is pinned by skopeo', async () => {
  const typed = `${registry.host}/bzip2:1`;
  expect(await runPullpin([typed])).toMatchObject({
    exitCode: 1,
    stdout: '',
    stderr: expect.stringContaining('bzip2'),
  });
  expect(await runPullpin(['--backend', 'skopeo', typed])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('sha256-'),
  });
});

test('bump takes its hashes from skopeo, and --verify compares them', async () => {
  const { stdout: right } = await runPullpin([`${registry.host}/hello:1`]);
  const wrong = right.replace(/sha256 = ".*"/, `sha256 = "sha256-${'A'.repeat(42)}E="`);
  for (const option of [['--backend', 'skopeo'], ['--verify']]) {
    const cwd = temporaryFolder();
    const file = join(cwd, 'a.nix');
    writeFileSync(
      file,
      `{ dockerTools }: ${wrong.replace(/^pullImage|^dockerTools\.pullImage/, 'dockerTools.pullImage')}`,
    );
    const { exitCode, stderr } = await runPullpin(['bump', '--hashes', ...option, 'a.nix'], { cwd });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(readFileSync(file, 'utf8')).toContain(/sha256 = ".*"/.exec(right)?.[0]);
  }
});

test('a difference is an error, and no pin is printed', async () => {
  const lies = withProgram(
    'case "$1" in --version) echo "skopeo version 1.20.0";; *) for last; do :; done; f=${last#docker-archive:}; printf x >"${f%%:*}";; esac',
  );
  for (const cwd of [temporaryFolder(), temporaryFolder()]) {
    const { exitCode, stdout, stderr } = await runPullpin(['--verify', `${registry.host}/hello:1`], { env: lies, cwd });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(
      /^pullpin: \S+\/hello:1: \S+\/hello@sha256:[0-9a-f]{64}: the hash is sha256:[0-9a-f]{64} by pullpin and sha256:[0-9a-f]{64} by skopeo, so no pin is made/,
    );
  }
});

test.each([
  ['is missing', { PATH: '/nowhere' }, /skopeo: it is not on the PATH: install it/],
  [
    'is too old',
    withProgram('echo "skopeo version 1.4.1"'),
    /skopeo: version 1\.4 is too old: 1\.9 or later is needed/,
  ],
  ['says no version', withProgram('echo "hello\u001b[31m"'), /skopeo: its version is not known: it said 'hello.\[31m'/],
  [
    'fails',
    withProgram(
      '[ "$1" = --version ] && exec echo "skopeo version 1.20.0"; echo \'time="x" level=fatal msg="no \\"space\\" left"\' >&2; exit 1',
    ),
    /@sha256:[0-9a-f]{64}: no "space" left$/m,
  ],
] as const)('a skopeo that %s ends the run with one line', async (_, env, message) => {
  const { exitCode, stdout, stderr } = await runPullpin(['--backend', 'skopeo', `${registry.host}/hello:1`], { env });
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd()).not.toContain('\n');
});

test('a registry with TLS and a login: --ca-file and --authfile are passed on', async () => {
  const login = { username: 'ann', password: 's3cret' };
  const locked = await startDockerRegistry({ tls: true, login });
  const host = locked.host.replace('127.0.0.1', 'localhost');
  await locked.push('hello', '1', fixtureImages()['hello'] ?? expect.unreachable());
  const authfile = join(temporaryFolder(), 'auth.json');
  const auth = Buffer.from(`${login.username}:${login.password}`).toString('base64');
  writeFileSync(authfile, JSON.stringify({ auths: { [host]: { auth } } }));
  const args = ['--ca-file', locked.caFile ?? '', '--authfile', authfile, `${host}/hello:1`];
  const own = await runPullpin(args);
  expect(own).toMatchObject({ exitCode: 0 });
  expect(await runPullpin(['--backend', 'skopeo', ...args])).toEqual(own);
});

test.each([
  [['--backend', 'skopeo', '--verify', 'redis'], /--verify computes with both/],
  [['--backend', 'skopeo', '--registry-map', 'docker.io=mirror.example', 'redis'], /knows no --registry-map/],
  [['--verify', '--creds-stdin', 'redis'], /gets no password from --creds-stdin/],
  [['--verify', '--from', 'oci:x', 'redis'], /do not go together with --from/],
  [['--backend', 'skopeo', '--archive', 'x.tar', 'redis'], /do not go together with --backend skopeo/],
  [['--backend', 'docker', 'redis'], /--backend is one of pullpin, skopeo/],
] as const)('%j is a usage error', async (args, message) => {
  const { exitCode, stdout, stderr } = await runPullpin(args, { stdin: 'a:b' });
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(message);
});
