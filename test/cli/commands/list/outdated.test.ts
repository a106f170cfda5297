import { expect, test } from 'vitest';
import { startRegistry } from '../../../support/faulty-registry.js';
import { gitRepository } from '../../../support/git-repository.js';
import { type ImageContent, image } from '../../../support/images.js';
import { runInProcess, testContext } from '../../../support/run-in-process.js';

const registry = await startRegistry();
const content = (text: string): ImageContent =>
  image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from(text) }] });
for (const tag of ['1.2.1', '1.2.4', '1.3.0', '2.0.0', 'latest']) registry.add(`web:${tag}`, content(tag));
const digest = (text: string): string => content(text).root.digest;
const { host } = registry;

const FILES = {
  'rule.nix': `# pullpin: ~1.2\n"${host}/web:1.2.1@${digest('1.2.1')}"\n`,
  'digest.nix': `"${host}/web:2.0.0@${digest('1.3.0')}"\n`,
  'newest.nix': `"${host}/web:2.0.0@${digest('2.0.0')}"\n`,
  'latest.nix': `"${host}/web:latest@${digest('latest')}"\n`,
  'frozen.nix': `# pullpin: freeze\n"${host}/web:1.2.1@${digest('1.2.1')}"\n`,
  'plain.nix': `"${host}/web:1.2.1@${digest('1.2.1')}"\n`,
};

function outdated(args: readonly string[] = [], files: Readonly<Record<string, string>> = FILES) {
  const { folder, environment } = gitRepository(files);
  return runInProcess(['list', '--outdated', ...args], testContext({ folder, environment }));
}

test('shows the tag that each pin has, should have and could have, and none that is the newest', async () => {
  const { exitCode, stdout, stderr } = await outdated();
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['pin', 'image', 'current', 'wanted', 'newest'],
    ['digest.nix:1', `${host}/web`, '2.0.0', '2.0.0 (new digest)', '2.0.0'],
    ['plain.nix:1', `${host}/web`, '1.2.1', '1.2.1', '2.0.0'],
    ['rule.nix:2', `${host}/web`, '1.2.1', '1.2.4', '2.0.0'],
    [''],
  ]);
  expect([stderr, exitCode]).toEqual(['pullpin: 3 pins outdated, 2 up to date\n', 0]);
});

test('--tags gives a rule to the pins that have none', async () => {
  const { stdout } = await outdated(['--tags', 'minor']);
  expect(stdout).toMatch(/^plain\.nix:1 .* 1\.2\.1 +1\.3\.0 +2\.0\.0$/m);
  expect(stdout).toMatch(/^rule\.nix:2 .* 1\.2\.1 +1\.2\.4 +2\.0\.0$/m);
});

test('--json has all pins', async () => {
  const { stdout } = await outdated(['--json']);
  const { version, pins, problems } = JSON.parse(stdout);
  expect([version, problems]).toEqual([1, []]);
  expect(pins).toHaveLength(5);
  expect(pins.find(({ file }: { file: string }) => file === 'rule.nix')).toMatchObject({
    ...{ rule: '~1.2', current: '1.2.1', wanted: '1.2.4', newest: '2.0.0' },
    ...{ hasOtherDigest: true, isOutdated: true },
  });
});

test('a list of tags is asked for once, and a failed look-up decides the exit code', async () => {
  const before = registry.questions.length;
  const { exitCode, stdout, stderr } = await outdated([], {
    ...FILES,
    'gone.nix': `"${host}/gone:1@${digest('x')}"\n`,
  });
  expect(exitCode).toBe(5);
  expect(stderr).toContain('gone.nix:1: ');
  expect(stdout).toContain('rule.nix:2');
  const lists = registry.questions.slice(before).filter((question) => question === 'GET tags/list');
  // The registry refuses the list of a repository that does not exist, with and without a size of pages.
  expect(lists).toHaveLength(3);
});

test.each([
  [['list', '--outdated', '--unpinned'], /choose one/],
  [['list', '--tags', 'minor'], /--outdated/],
])('%j makes no sense', async (args, message) => {
  const { exitCode, stderr } = await runInProcess(args);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(message);
});
