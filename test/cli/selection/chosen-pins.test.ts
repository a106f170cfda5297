import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runInProcess, testContext } from '../../support/run-in-process.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const pin = (image: string, tag: string): string =>
  `  (pullImage { imageName = "${image}"; imageDigest = "${DIGEST}";\n    sha256 = "${'0'.repeat(52)}"; finalImageTag = "${tag}"; })\n`;
const file = (...pins: readonly string[]): string => `{ pullImage }: [\n${pins.join('')}]\n`;

/** Lists pins of a small repository; what was chosen, as `FILE:LINE`, and how it ended. */
async function list(...words: string[]) {
  const context = testContext();
  mkdirSync(join(context.folder, 'hosts'));
  mkdirSync(join(context.folder, 'empty'));
  writeFileSync(join(context.folder, 'a.nix'), file(pin('redis', '7.4'), pin('ghcr.io/owner/tool', '1.2')));
  writeFileSync(
    join(context.folder, 'hosts', 'b.nix'),
    file(pin('bitnami/redis', '8.0-debian'), pin('postgres', '14')),
  );
  writeFileSync(join(context.folder, 'empty', 'c.nix'), '{ }\n');
  const { exitCode, stdout, stderr } = await runInProcess(['list', '--json', ...words], context);
  const pins: { file: string; line: number }[] = stdout === '' ? [] : JSON.parse(stdout).pins;
  return { exitCode, pins: pins.map(({ file, line }) => `${file}:${line}`), stderr };
}

const ALL = ['a.nix:2', 'a.nix:4', 'hosts/b.nix:2', 'hosts/b.nix:4'];

describe('words choose pins', () => {
  test.each<[string[], string[]]>([
    [[], ALL],
    [['redis'], ['a.nix:2', 'hosts/b.nix:2']],
    [['bitnami/redis'], ['hosts/b.nix:2']],
    [['docker.io/library/redis'], ['a.nix:2']],
    [['owner/tool'], ['a.nix:4']],
    [['redis:7.4'], ['a.nix:2']],
    [['redis@<8'], ['a.nix:2']],
    [['redis@>=8'], ['hosts/b.nix:2']],
    [[`postgres@${DIGEST}`], ['hosts/b.nix:4']],
    [['hosts'], ['hosts/b.nix:2', 'hosts/b.nix:4']],
    [['hosts/'], ['hosts/b.nix:2', 'hosts/b.nix:4']],
    [['hosts/', 'redis'], ['hosts/b.nix:2']],
    [['a.nix:2'], ['a.nix:2']],
    // A line within the pin.
    [['a.nix:5'], ['a.nix:4']],
    [
      ['a.nix:2', 'postgres'],
      ['a.nix:2', 'hosts/b.nix:4'],
    ],
    // FILE:LINE adds to files and folders, and a name chooses among the pins of those.
    [
      ['hosts', 'a.nix:2'],
      ['a.nix:2', 'hosts/b.nix:2', 'hosts/b.nix:4'],
    ],
    [
      ['hosts', 'postgres', 'a.nix:4'],
      ['a.nix:4', 'hosts/b.nix:4'],
    ],
    [['a.nix', 'a.nix:2'], ALL.slice(0, 2)],
    [
      ['redis', 'postgres'],
      ['a.nix:2', 'hosts/b.nix:2', 'hosts/b.nix:4'],
    ],
    [['ghcr.io/**'], ['a.nix:4']],
    [
      ['--include', 'redis'],
      ['a.nix:2', 'hosts/b.nix:2'],
    ],
    [['--include', 'hosts/b.nix:4'], ['hosts/b.nix:4']],
    [
      ['--exclude', 'redis'],
      ['a.nix:4', 'hosts/b.nix:4'],
    ],
    [['--exclude', 'postgres@<15'], ALL.slice(0, 3)],
    [['redis', '--exclude', './hosts'], ['a.nix:2']],
  ])('%j', async (words, expected) => {
    expect(await list(...words)).toMatchObject({ exitCode: 0, pins: expected });
  });
});

describe('a word that chooses no pin is a usage error that says which pins were searched', () => {
  test.each<[string[], string]>([
    [['rediss'], "no pin matches 'rediss'; did you mean redis? pullpin looked at 4 pins in 3 files"],
    [['--include', 'nginx'], "no pin matches 'nginx'; pullpin looked at 4 pins in 3 files"],
    [['redis', 'nginx'], "no pin matches 'nginx'"],
    [['redis:9'], "no pin matches 'redis:9'"],
    [['a.nix:1'], "no pin matches 'a.nix:1'"],
    [['empty'], 'empty has no pin; pullpin looked at 1 file'],
    [['hosts', 'empty'], 'empty has no pin'],
    [['empty', 'a.nix:2'], 'empty has no pin'],
    [['hosts', 'owner/tool', 'a.nix:2'], "no pin matches 'owner/tool'"],
    [['redis@?'], 'is not a range of versions'],
  ])('%j', async (words, message) => {
    const run = await list(...words);
    expect(run).toMatchObject({ exitCode: 2, pins: [] });
    expect(run.stderr).toContain(message);
    expect(run.stderr).toMatch(/^[^\n]+\n$/);
  });
});

test('a check that finds nothing to check is not a success', async () => {
  const context = testContext();
  const { exitCode, stderr } = await runInProcess(['bump', '--check'], context);
  expect({ exitCode, stderr }).toEqual({
    exitCode: 2,
    stderr: 'pullpin: no pin was found; pullpin looked at 0 files\n',
  });
});
