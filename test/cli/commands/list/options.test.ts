import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { columns } from '../../../../src/cli/terminal/table.js';
import { startRegistry } from '../../../support/faulty-registry.js';
import { gitRepository } from '../../../support/git-repository.js';
import { image, index } from '../../../support/images.js';
import { runInProcess, testContext } from '../../../support/run-in-process.js';
import { runPullpin } from '../../../support/run-pullpin.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const [FIRST, SECOND] = ['1', '2'].map((digit) => `sha256:${digit.repeat(64)}`);
const FILES = {
  'a.nix': `{ dockerTools }:
dockerTools.pullImage {
  imageName = "redis";
  imageDigest = "${FIRST}";
  sha256 = "${'0'.repeat(52)}";
  finalImageTag = "7";
}
`,
  'hosts/b.nix': `{
  image = "ghcr.io/x/y@${SECOND}"; # nothing names its tag
  other = f: f.pullImage (import ./gone.nix);
}
`,
  'ignored/c.nix': `{ image = "z:1@${SECOND}"; }`,
  '.gitignore': 'ignored\n',
};

function list(args: readonly string[], files: Readonly<Record<string, string>> = FILES, stdin?: string) {
  const { folder, environment } = gitRepository(files);
  return runInProcess(['list', ...args], testContext({ folder, environment, ...(stdin !== undefined && { stdin }) }));
}

test('shows each pin with its place, the tag that it follows and why, and warns of what it cannot follow', async () => {
  const { exitCode, stdout, stderr } = await list([]);
  expect(exitCode).toBe(0);
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['a.nix:2', 'redis', '7 (finalImageTag)', '111111111111', 'sha256 nix32', 'incomplete'],
    ['hosts/b.nix:2', 'ghcr.io/x/y', '-', '222222222222', '-', 'untracked'],
    ['2 pins: 1 incomplete, 1 untracked'],
    [''],
  ]);
  expect(stderr).toMatch(/^pullpin: warning: hosts\/b\.nix:3: .*gone\.nix.*\npullpin: 1 pin cannot be followed\n$/);
});

test('--json has the documented keys, each explained in docs/json.md', async () => {
  const { stdout } = await list(['--json']);
  const json = JSON.parse(stdout);
  expect(json).toMatchObject({
    version: 1,
    pins: [
      {
        ...{ file: 'a.nix', line: 2, column: 1, form: 'call', imageName: 'redis', imageDigest: FIRST },
        ...{ hash: '0'.repeat(52), hashAttr: 'sha256', hashFormat: 'nix32', finalImageName: null },
        ...{ finalImageTag: '7', os: null, arch: null, follows: '7', followedBy: 'finalImageTag', state: 'incomplete' },
      },
      { file: 'hosts/b.nix', line: 2, column: 11, form: 'oci-string', hash: null, follows: null, state: 'untracked' },
    ],
    problems: [{ file: 'hosts/b.nix', line: 3, column: 14, code: 'unfollowable', message: expect.any(String) }],
  });
  const page = readFileSync(fileURLToPath(new URL('../../../../docs/json.md', import.meta.url)), 'utf8');
  const section = page.split(/^## /m).find((part) => part.startsWith('pullpin list')) ?? '';
  const unexplained = [...Object.keys(json.pins[0]), ...Object.keys(json.problems[0])].filter(
    (key) => !section.includes(`\`${key}\``),
  );
  expect(unexplained).toEqual([]);
});

test.each([
  [['--include', 'redis'], ['a.nix']],
  [['--exclude', './hosts'], ['a.nix']],
  [['hosts'], ['hosts/b.nix']],
  [['ignored/c.nix'], ['ignored/c.nix']],
])('%j looks at %j', async (args, files) => {
  const { pins } = JSON.parse((await list([...args, '--json'])).stdout);
  expect(pins.map(({ file }: { file: string }) => file)).toEqual(files);
});

test('a directive that belongs to no pin is reported', async () => {
  const { exitCode, stderr } = await list([], { 'a.nix': `# pullpin: freeze\n\n${FILES['a.nix']}` });
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: expect.stringMatching(/^pullpin: warning: a\.nix:1: this directive belongs to no pin .*\n$/),
  });
});

test('- reads stdin, and a repository without pins is not an error', async () => {
  expect(await list(['-'], {}, FILES['ignored/c.nix'])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^stdin:1 /),
  });
  expect(await list([], {})).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'pullpin: no pin was found; pullpin looked at 0 files\n',
  });
});

test('what a file says cannot act on the terminal', async () => {
  const { stdout, stderr } = await list([], {
    'a.nix': `{ image = "x/y:1@${FIRST}"; b.pullImage = 1; c = b.pullImage { imageName = "\u001b[2J"; imageDigest = "${FIRST}"; hash = ""; }; }`,
  });
  expect(stdout + stderr).not.toContain('\u001b');
});

test('a pin with a table of systems has a line for each, and counts once', async () => {
  const { stdout } = await list([], {
    'a.nix': `{ pullImage, system }: let digests = { x86_64-linux = "${FIRST}"; aarch64-linux = "${SECOND}"; }; in
pullImage { imageName = "redis"; imageDigest = digests.${'$'}{system}; sha256 = ""; finalImageTag = "7"; }
`,
  });
  expect(stdout).toMatch(/redis \(x86_64-linux\).*\n.*redis \(aarch64-linux\).*\n1 pin: 1 incomplete\n$/);
});

test('on a terminal no line is wider than it', async () => {
  const { folder, environment } = gitRepository({
    'hosts/a-rather-long-name-of-a-file/日本語.nix': `{ image = "registry.example/a/rather/long/name/of/an/image:1.2.3-alpine@${FIRST}"; }`,
  });
  const { stdout } = await runInProcess(['list'], testContext({ folder, environment, terminal: true }));
  const [line = ''] = stdout.split('\n');
  expect(columns(line)).toBeLessThanOrEqual(80);
  expect(line).toContain('…');
});

test('says what a digest is of when an earlier run has seen its manifest, for that repository only', async () => {
  const registry = await startRegistry();
  const content = image({ config: '{"architecture":"amd64","os":"linux"}', layers: [] });
  const both = index([{ image: content, platform: { os: 'linux', architecture: 'amd64' } }]);
  registry.add('both:1', both);
  const [of, child] = [both.root.digest, content.root.digest];
  const cwd = temporaryFolder();
  const names = [`both:1@${of}`, `both:1@${child}`, `other:1@${of}`];
  writeFileSync(join(cwd, 'a.nix'), `[ ${names.map((name) => `"${registry.host}/${name}"`).join(' ')} ]\n`);
  const env = { XDG_CACHE_HOME: temporaryFolder() };
  const kinds = async () => {
    const { stdout } = await runPullpin(['list', '--json'], { cwd, env });
    return JSON.parse(stdout).pins.map(({ digestKind }: { digestKind: unknown }) => digestKind);
  };
  expect(await kinds()).toEqual([null, null, null]);
  await runPullpin(['pin', `${registry.host}/both:1`], { cwd, env });
  expect(await kinds()).toEqual(['index', 'platform', null]);
  const { stdout } = await runPullpin(['list'], { cwd, env });
  expect(stdout).toContain(`${of.slice(7, 19)} index`);
  expect(stdout).toContain(`${child.slice(7, 19)} platform`);
});
