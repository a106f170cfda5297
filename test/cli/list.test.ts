import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runInProcess, testContext } from '../support/run-in-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const HASH = 'sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=';
const call = (name: string, tag: string): string =>
  `{ dockerTools }: dockerTools.pullImage { imageName = "${name}"; imageDigest = "${DIGEST}"; sha256 = "${HASH}"; finalImageTag = "${tag}"; }\n`;

/** Lists what is in a folder with these files. */
async function list(args: string[], files: Record<string, string>, below = '.') {
  const folder = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return runInProcess(['list', ...args], testContext({ folder: join(folder, below) }));
}

test('all pins below here are shown, a line each', async () => {
  const { stdout, stderr, exitCode } = await list([], {
    'a.nix': call('redis', '7'),
    'b/c.nix': call('ghcr.io/x/y', '1.2'),
  });
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(stdout).toBe(
    `a.nix:1    redis        7 (finalImageTag)    ${'a'.repeat(12)}  sha256 sri  tracked\n` +
      `b/c.nix:1  ghcr.io/x/y  1.2 (finalImageTag)  ${'a'.repeat(12)}  sha256 sri  tracked\n`,
  );
});

describe('which pins', () => {
  const files = {
    'a.nix': call('redis', '7'),
    'hosts/b.nix': call('ghcr.io/x/y', '1'),
    'hosts/c.nix': call('nginx', '1'),
  };
  test.each([
    [['--include', 'ghcr.io/**'], ['ghcr.io/x/y']],
    [
      ['--include', 'docker.io/library/*'],
      ['redis', 'nginx'],
    ],
    [['--exclude', './hosts'], ['redis']],
    [['--include', './hosts/**', '--exclude', 'nginx'], ['ghcr.io/x/y']],
    [
      ['hosts/c.nix', 'a.nix'],
      ['redis', 'nginx'],
    ],
  ])('%j', async (args, names) => {
    const { stdout } = await list([...args, '--json'], files);
    expect(JSON.parse(stdout).pins.map(({ imageName }: { imageName: string }) => imageName)).toEqual(names);
  });
});

test('a file of a named folder may import from elsewhere in its repository, and not from outside', async () => {
  const pin = `{ imageName = "redis"; imageDigest = "${DIGEST}"; sha256 = "${HASH}"; }\n`;
  const user = '{ dockerTools }: dockerTools.pullImage (import ../values.nix // { finalImageTag = "7"; })\n';
  const within = await list(
    ['--json', '.'],
    { 'repo/.git/HEAD': '', 'repo/values.nix': pin, 'repo/hosts/a.nix': user },
    'repo/hosts',
  );
  expect(JSON.parse(within.stdout)).toMatchObject({
    pins: [{ file: 'a.nix', follows: '7', state: 'tracked' }],
    problems: [],
  });
  const outside = await list(['--json', '.'], { 'values.nix': pin, 'repo/.git/HEAD': '', 'repo/a.nix': user }, 'repo');
  expect(JSON.parse(outside.stdout)).toMatchObject({ pins: [], problems: [{ file: 'a.nix', line: 1 }] });
});

test('problems are told on stderr, or in the JSON', async () => {
  const files = { 'a.nix': call('redis', '7').replace('}\n', '') };
  const shown = await list([], files);
  expect(shown.stderr).toMatch(/^pullpin: warning: a\.nix:1: expected/);
  expect(JSON.parse((await list(['--json'], files)).stdout).problems).toMatchObject([
    { file: 'a.nix', code: 'unreadable' },
  ]);
});

test('a path that is not there, and an option that does not exist', async () => {
  expect(await list(['nosuch'], {})).toMatchObject({
    exitCode: 1,
    stdout: '',
    stderr: expect.stringContaining('nosuch'),
  });
  expect(await list(['--nosuch'], {})).toMatchObject({
    exitCode: 2,
    stdout: '',
    stderr: expect.stringContaining('--nosuch'),
  });
});
