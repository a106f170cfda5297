import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.js';
import { fixtureImages } from '../support/fixture-images.js';
import { createNix, nixSettings } from '../support/nix-build.js';
import { runPullpin } from '../support/run-pullpin.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const MAIN = fileURLToPath(new URL('../../dist/nix-prefetch-docker.cjs', import.meta.url));
const NO_NIX = { PATH: temporaryFolder() };

let registry: DockerRegistry;
let digest: string;
beforeAll(async () => {
  registry = await startDockerRegistry();
  for (const [name, image] of Object.entries(fixtureImages())) await registry.push(`images/${name}`, '1.0', image);
  await registry.push('latest-only', 'latest', fixtureImages()['hello'] ?? expect.unreachable());
  digest = fixtureImages()['hello']?.root.digest ?? '';
});

function prefetch(args: readonly string[], env: Readonly<Record<string, string>> = NO_NIX) {
  return runPullpin(args, { main: MAIN, env });
}

/** What the original does, step by step: it asks skopeo for the digest, has it write the archive, and hashes that. */
async function original(image: string, tag: string, { os = 'linux', arch = 'amd64', name = image, finalTag = tag }) {
  const skopeo = (...args: string[]) =>
    execa('skopeo', ['--insecure-policy', '--override-os', os, '--override-arch', arch, ...args]);
  const { stdout } = await skopeo('inspect', '--tls-verify=false', `docker://${image}:${tag}`);
  const imageDigest = String(JSON.parse(stdout).Digest);
  const file = join(temporaryFolder(), 'image.tar');
  const from = `docker://${image}@${imageDigest}`;
  await skopeo('copy', '--src-tls-verify=false', from, `docker-archive:${file}:${name}:${finalTag}`);
  const hash = `sha256-${createHash('sha256').update(readFileSync(file)).digest('base64')}`;
  return { imageName: image, imageDigest, hash, finalImageName: name, finalImageTag: finalTag };
}

describe('stdout is that of the original', () => {
  const cases: [string, string, Parameters<typeof original>[2], string[]][] = [
    ['images/hello', '1.0', {}, []],
    ['images/hello', '1.0', { arch: 'arm64' }, ['--arch', 'arm64']],
    ['images/hello', '1.0', { name: 'web', finalTag: '2' }, ['--final-image-name', 'web', '--final-image-tag', '2']],
    ['images/hello', '1.0', { name: 'ghcr.io/acme/web' }, ['--final-image-name', 'ghcr.io/acme/web']],
    ['images/docker-schema2', '1.0', {}, []],
    ['images/docker-schema2', '1.0', { os: 'linux', arch: 'amd64' }, ['--os', 'linux', '--arch', 'amd64']],
    ['images/no-layers', '1.0', {}, []],
    ['images/odd-config', '1.0', {}, []],
    ['images/arm-variants', '1.0', { arch: 'arm' }, ['--arch', 'arm']],
    ['latest-only', 'latest', {}, []],
  ];

  test.each(cases)('%s:%s %j', async (repository, tag, what, options) => {
    const image = `${registry.host}/${repository}`;
    const expected = await original(image, tag, what);
    const words = tag === 'latest' ? [image] : [image, tag];
    const json = await prefetch(['--json', '--quiet', ...options, ...words]);
    expect(json).toEqual({ stdout: `${JSON.stringify(expected, null, 2)}\n`, stderr: '', exitCode: 0 });
    const named = ['--image-name', image, '--image-tag', tag, ...options];
    const nix = await prefetch([...named, '--quiet']);
    const attributes = Object.entries(expected).map(([name, value]) => `  ${name} = "${value}";\n`);
    expect(nix).toEqual({ stdout: `{\n${attributes.join('')}}\n`, stderr: '', exitCode: 0 });
  });

  test('also for a digest, which is not looked up', async () => {
    const image = `${registry.host}/images/hello`;
    const expected = await original(image, '1.0', { finalTag: 'latest' });
    expect(JSON.parse((await prefetch(['--json', image, digest])).stdout)).toEqual(expected);
    expect(JSON.parse((await prefetch(['--json', image, 'gone', '--image-digest', digest])).stdout)).toEqual({
      ...(await original(image, '1.0', { finalTag: 'gone' })),
    });
  });
});

describe('programs that call it', () => {
  test('npins, which then has the digest and asks for the same again', async () => {
    const image = `${registry.host}/images/hello`;
    const first = await prefetch([image, '1.0', '--json', '--quiet']);
    const { hash, imageDigest, ...names } = JSON.parse(first.stdout);
    expect({ hash, ...names }).toEqual({
      hash: expect.stringMatching(/^sha256-.{44}$/),
      imageName: image,
      finalImageName: image,
      finalImageTag: '1.0',
    });
    const second = await prefetch([image, '1.0', '--json', '--quiet', '--image-digest', imageDigest]);
    expect(second).toEqual(first);
  });

  test('nvfetcher, which reads the digest and the hash', async () => {
    const args = ['--json', `${registry.host}/images/hello`, '1.0', '--os', 'linux', '--arch', 'arm64'];
    const { stdout, exitCode } = await prefetch(args);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ imageDigest: digest, hash: expect.stringMatching(/^sha256-/) });
  });
});

test('stderr has the lines of the original, and the image is in the store under its name', async () => {
  const folder = temporaryFolder();
  const env = nixSettings(folder);
  const image = `${registry.host}/images/hello`;
  const { stdout, stderr, exitCode } = await prefetch([image, '1.0'], env);
  expect(exitCode).toBe(0);
  const lines = stderr.split('\n').filter((line) => line.startsWith('-> '));
  expect(lines.map((line) => line.replace(/: .*/, ''))).toEqual([
    ...['-> ImageName', '-> ImageDigest', '-> FinalImageName', '-> FinalImageTag', '-> ImagePath', '-> ImageHash'],
  ]);
  const [, path] = /^-> ImagePath: (.*)$/m.exec(stderr) ?? [];
  expect(path).toMatch(/\/store\/[0-9a-z]{32}-docker-image-127\.0\.0\.1-[0-9]+-images-hello-1\.0\.tar$/);
  const built = await createNix(folder).build(
    `dockerTools.pullImage (${stdout} // { tlsVerify = false; arch = "amd64"; })`,
  );
  expect(built).toEqual({ storePath: path });
});

test('without Nix there is no path, and no failure', async () => {
  const { stderr, exitCode } = await prefetch([`${registry.host}/images/hello`, '1.0']);
  expect(exitCode).toBe(0);
  expect(stderr).toContain('-> ImageHash: sha256-');
  expect(stderr).not.toContain('ImagePath');
});

test('a store that refuses the image costs a warning, and not the hash', async () => {
  const env = { ...nixSettings(temporaryFolder()), NIX_STORE_DIR: '/dev/null/store' };
  const { stdout, stderr, exitCode } = await prefetch(['--json', `${registry.host}/images/hello`, '1.0'], env);
  expect({ exitCode, digest: JSON.parse(stdout).imageDigest }).toEqual({ exitCode: 0, digest });
  expect(stderr).toMatch(/^pullpin: warning: the image is not in the Nix store: nix-store: /m);
});

test.each([
  [[], 2, 'name an image, such as nix-prefetch-docker redis 7.4'],
  [['--nope', 'redis'], 2, 'there is no option --nope'],
  [['redis', '7', '8'], 2, "'8' is one argument too many"],
  [['redis', '--arch'], 2, '--arch needs a value'],
  [['redis', '--image-digest', 'sha256:12'], 2, "'sha256:12' is not a digest"],
  [['re dis'], 2, 're dis'],
  [['redis', '"; rm -rf /'], 2, 'rm -rf'],
] as const)('%j is a mistake', async (args, code, message) => {
  const { stdout, stderr, exitCode } = await prefetch(args);
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: code });
  expect(stderr).toContain(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('an image that is not there has the exit code of pullpin, and --help is one screen', async () => {
  const { exitCode } = await prefetch([`${registry.host}/images/none`]);
  expect(exitCode).toBe(5);
  const help = await prefetch(['--help']);
  expect(help).toMatchObject({
    exitCode: 0,
    stderr: '',
    stdout: expect.stringMatching(/^syntax: nix-prefetch-docker /),
  });
});

describe('words that the original does not take', () => {
  test.each<[string[], RegExp]>([
    [['redis:7.4'], /'redis:7\.4' has its tag in it: write nix-prefetch-docker redis 7\.4$/],
    [
      ['--image-name', 'ghcr.io/acme/web:1.0'],
      /write nix-prefetch-docker --image-name ghcr\.io\/acme\/web --image-tag 1\.0$/,
    ],
    [['localhost:5000/redis:7.4'], /write nix-prefetch-docker localhost:5000\/redis 7\.4$/],
    [['redis@sha256:abc'], /has its digest in it: write nix-prefetch-docker redis sha256:abc$/],
    [['redis', '--arhc', 'arm64'], /there is no option --arhc; did you mean --arch\?$/],
    [['--image-nam=redis'], /there is no option --image-nam; did you mean --image-name\?$/],
    [['redis', '-q'], /there is no option -q; see nix-prefetch-docker --help$/],
    [['redis', '--arch', 'arm46'], /there is no platform 'linux\/arm46'; did you mean linux\/arm64\?$/],
    [['redis', '--os', 'lunix'], /did you mean linux\/amd64\?$/],
  ])('%j ends with 2 and says what to write', async (words, message) => {
    const { stdout, stderr, exitCode } = await prefetch(words);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr).toMatch(/^pullpin: [^\n]+\n$/);
    expect(stderr.trimEnd()).toMatch(message);
  });

  test('-h is --help, and a value may stand behind =', async () => {
    expect(await prefetch(['-h'])).toEqual(await prefetch(['--help']));
    const image = `${registry.host}/images/hello`;
    const apart = await prefetch(['--quiet', '--json', '--arch', 'arm64', image, '1.0']);
    expect(await prefetch(['--quiet', '--json', '--arch=arm64', image, '1.0'])).toEqual(apart);
    expect(apart.exitCode).toBe(0);
  });
});
