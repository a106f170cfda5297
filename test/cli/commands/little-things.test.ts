import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startRegistry } from '../../support/faulty-registry.js';
import { image, index } from '../../support/images.js';
import { runPullpin } from '../../support/run-pullpin.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const registry = await startRegistry();
const content = (text: string, architecture = 'amd64') =>
  image({ config: JSON.stringify({ architecture, os: 'linux' }), layers: [{ bytes: Buffer.from(text) }] });
const [ONE, ARM] = [content('one'), content('arm', 'arm64')];
const BOTH = index([
  { image: ONE, platform: { os: 'linux', architecture: 'amd64' } },
  { image: ARM, platform: { os: 'linux', architecture: 'arm64' } },
]);
registry.add('one:1', ONE);
registry.add('both:1', BOTH);
const [one, both] = [`${registry.host}/one:1`, `${registry.host}/both:1`];

describe('several oci-strings', () => {
  const lines = `${one}@${ONE.root.digest}\n${both}@${BOTH.root.digest}\n`;

  test('are one line each, and say nothing about tlsVerify, which they do not have', async () => {
    expect(await runPullpin(['pin', '-t', 'oci-string', one, both])).toEqual({
      stdout: lines,
      stderr: '',
      exitCode: 0,
    });
  });

  test('go into a file together', async () => {
    const file = join(temporaryFolder(), 'images.txt');
    const { exitCode } = await runPullpin(['pin', '-t', 'oci-string', '-o', file, one, both]);
    expect(exitCode).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(lines);
  });

  test('a pin that has tlsVerify still warns', async () => {
    expect((await runPullpin(['pin', one])).stderr).toContain('tlsVerify = false');
  });
});

describe('cache without an option', () => {
  test('shows the folder, the number of entries and their size', async () => {
    const env = { XDG_CACHE_HOME: temporaryFolder() };
    await runPullpin(['pin', one], { env });
    const { stdout, exitCode } = await runPullpin(['cache'], { env });
    expect(stdout).toMatch(/^\S+\/pullpin\n[1-9]\d* entries, [\d.]+ kB\n$/);
    expect(exitCode).toBe(0);
  });

  test('makes no folder', async () => {
    const folder = temporaryFolder();
    const { stdout } = await runPullpin(['cache'], { env: { XDG_CACHE_HOME: folder } });
    expect(stdout).toBe(`${folder}/pullpin\n0 entries, 0 B\n`);
    expect(existsSync(join(folder, 'pullpin'))).toBe(false);
  });
});

describe('digest', () => {
  test('--names prints the name in front of each digest', async () => {
    const { stdout } = await runPullpin(['digest', '--names', both, one]);
    expect(stdout).toBe(`${both} ${BOTH.root.digest}\n${one} ${ONE.root.digest}\n`);
  });

  test.each([
    ['linux/arm64', ARM],
    ['linux/amd64', ONE],
  ])("--platform %s prints that of the platform's manifest", async (platform, { root }) => {
    const { stdout, stderr } = await runPullpin(['digest', '--platform', platform, both]);
    expect([stdout, stderr]).toEqual([`${root.digest}\n`, '']);
  });

  test('--platform says when there was nothing to choose', async () => {
    const { stdout, stderr } = await runPullpin(['digest', '--platform', 'arm64', '--json', one]);
    expect(JSON.parse(stdout).digests).toEqual([{ image: one, digest: ONE.root.digest }]);
    expect(stderr).toContain('it has one manifest, not one for each platform');
  });

  test('--platform that is not there is a failure', async () => {
    const { stdout, exitCode } = await runPullpin(['digest', '--platform', 'linux/s390x', both]);
    expect(stdout).toBe('');
    expect(exitCode).not.toBe(0);
  });

  test('a platform of pullpin.toml, which is for pins, changes nothing', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'pullpin.toml'), 'platform = "linux/arm64"\n');
    expect((await runPullpin(['digest', both], { cwd })).stdout).toBe(`${BOTH.root.digest}\n`);
  });
});

test('--output into a folder that does not exist says that, before any download', async () => {
  const file = join(temporaryFolder(), 'missing', 'a.nix');
  const before = registry.requests.length;
  const { stderr, exitCode } = await runPullpin(['pin', '-o', file, one]);
  expect(stderr).toBe(`pullpin: --output ${file}: there is no such folder to write it into; make the folder first\n`);
  expect([exitCode, registry.requests.length]).toEqual([1, before]);
});

describe('--exclude', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.nix'), `[ "${one}@${ONE.root.digest}" "${both}@${BOTH.root.digest}" ]\n`);

  test('that matches no pin is a usage error, as --include is', async () => {
    const { stderr, exitCode } = await runPullpin(['list', '--exclude', 'onne'], { cwd: folder });
    expect(stderr).toMatch(/^pullpin: no pin matches 'onne'.*one/);
    expect(exitCode).toBe(2);
  });

  test('counts as used where --include has left its pin out already', async () => {
    const args = ['list', '--include', 'both', '--exclude', 'one'];
    expect((await runPullpin(args, { cwd: folder })).exitCode).toBe(0);
  });

  test('of pullpin.toml need not match, because it is there for many folders', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'a.nix'), `"${one}@${ONE.root.digest}"\n`);
    writeFileSync(join(cwd, 'pullpin.toml'), 'exclude = ["onne"]\n');
    expect((await runPullpin(['list'], { cwd })).exitCode).toBe(0);
  });
});

test.each([[['pin', '--template', '-v', '--help']], [['--platform', '-q', '-h']], [['digest', '--names=x', '--help']]])(
  '%j shows the help that it asks for',
  async (args) => {
    const { stdout, stderr, exitCode } = await runPullpin(args);
    expect(stdout).toContain('Usage:');
    expect([stderr, exitCode]).toEqual(['', 0]);
  },
);

describe('an image without an index, for another platform than the one that was typed', () => {
  test.each([
    ['--platform', 'linux/arm64'],
    ['--arch', 'arm64'],
    ['--system', 'aarch64-linux'],
    ['--platform', 'windows/amd64'],
  ])('is refused, and its platform is named (%s %s)', async (option, value) => {
    const { stdout, stderr, exitCode } = await runPullpin(['pin', option, value, one]);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
    expect(stderr).toMatch(/^pullpin: \S+\/one:1: no image for \S+; there are: linux\/amd64\n$/);
  });

  test('is pinned for those that it is for', async () => {
    const { stdout, stderr, exitCode } = await runPullpin([
      'pin',
      '--json',
      '--platform',
      'linux/amd64,linux/arm64',
      one,
    ]);
    const { pins, problems } = JSON.parse(stdout);
    expect([pins.length, problems.length, exitCode]).toEqual([1, 1, 1]);
    expect(problems[0]).toMatchObject({ platform: 'linux/arm64' });
    expect(stderr).toContain('no image for linux/arm64; there are: linux/amd64');
    expect((await runPullpin(['pin', '--platform', 'linux/amd64', one])).exitCode).toBe(0);
  });

  test('of pullpin.toml, is pinned with a warning', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'pullpin.toml'), 'platform = "linux/arm64"\n');
    const { stderr, exitCode } = await runPullpin(['pin', one], { cwd });
    expect(stderr).toContain('the image is for linux/amd64, and has no other for linux/arm64');
    expect(exitCode).toBe(0);
  });

  test('is shown by inspect with a warning', async () => {
    const { stdout, stderr } = await runPullpin(['inspect', '--platform', 'linux/arm64', one]);
    expect(stdout).toContain('platform  linux/amd64');
    expect(stderr).toMatch(/: the image is for linux\/amd64, and has no other for linux\/arm64\n$/);
    expect((await runPullpin(['inspect', '--platform', 'linux/arm64', both])).stderr).toBe('');
  });
});

test('the oci-string of one image is there once, for any number of platforms', async () => {
  const line = `${both}@${BOTH.root.digest}\n`;
  const print = async (...words: string[]) => (await runPullpin(['pin', '-t', 'oci-string', ...words])).stdout;
  expect(await print('--platform', 'linux/amd64,linux/arm64', both)).toBe(line);
  expect(await print('--platform', 'all', both)).toBe(line);
  // Each word that was typed has its line, and so has each digest.
  expect(await print(both, both)).toBe(`${line}${line}`);
  expect((await print('--platform', 'all', '--digest', 'platform', both)).trim().split('\n')).toHaveLength(2);
});

test('a filter says that it has changed pins, and a check that they are outdated', async () => {
  const stdin = `{ a = "${one}@${ARM.root.digest}"; }\n`;
  const { stdout, stderr } = await runPullpin(['bump', '-'], { stdin });
  expect(stdout).toBe(stdin.replace(ARM.root.digest, ONE.root.digest));
  expect(stderr).toBe('pullpin: 1 pin changed in 1 file, 0 up to date\n');
  expect((await runPullpin(['bump', '--check', '-'], { stdin })).stderr).toMatch(/1 pin outdated/);
});

test.each([['--store'], ['--backend', 'skopeo']])('a TMPDIR that is not there is named (%s)', async (...options) => {
  const env = { TMPDIR: '/nowhere/at/all' };
  const { stdout, stderr, exitCode } = await runPullpin(['pin', ...options, both], { env });
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
  expect(stderr).toMatch(/^pullpin: [^\n]*\/nowhere\/at\/all does not exist[^\n]*; let TMPDIR name a folder\n$/);
});

test('--help=false and --version=false ask for nothing', async () => {
  expect((await runPullpin(['--help=false', 'cache', '--dir'])).stdout).toMatch(/\/pullpin\n$/);
  expect((await runPullpin(['--version=false', 'cache', '--dir'])).stdout).toMatch(/\/pullpin\n$/);
});

test.each(['--insecure', '--output', '--include', '--template', '--final-tag', '--platform', '--copy-to'])(
  'an empty word is no value of %s',
  async (option) => {
    const command = option === '--include' ? 'list' : 'pin';
    const { stderr, exitCode } = await runPullpin([command, option, '', one]);
    expect([stderr, exitCode]).toEqual([`pullpin: ${option} needs a value\n`, 2]);
  },
);
