import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { startDockerRegistry } from '../support/docker-registry.js';
import { image } from '../support/images.js';
import { runInProcess, testContext } from '../support/run-in-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const of = (text: string) =>
  image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from(text) }] });

let host: string;
let push: (name: string, tag: string, text: string) => Promise<void>;
beforeAll(async () => {
  const registry = await startDockerRegistry();
  host = registry.host;
  push = (name, tag, text) => registry.push(name, tag, of(text));
  await push('web', '1', 'web');
  await push('db', '1', 'db');
});

const START = (): string => `# Ours.

[images.web] # the front
image = "${host}/web:1"   # one

# The data:
[images.db]
image = "${host}/db:1"
`;

function place(text?: string) {
  const folder = temporaryFolder();
  if (text !== undefined) writeFileSync(join(folder, 'images.toml'), text);
  return {
    folder,
    toml: () => readFileSync(join(folder, 'images.toml'), 'utf8'),
    names: () => Object.keys(JSON.parse(readFileSync(join(folder, 'images.lock.json'), 'utf8')).images),
    run: (...args: string[]) => runInProcess(args, testContext({ folder })),
  };
}

describe('images.toml keeps its comments and its layout', () => {
  test('with lock add, remove, freeze and unfreeze', async () => {
    const { run, toml, names } = place(START());
    expect(
      (await run('lock', 'add', 'more', `${host}/web:1`, '--rule', '/^v(\\d+)|1$/', '--cooldown', '7d')).exitCode,
    ).toBe(0);
    const added = `${START()}\n[images.more]\nimage = "${host}/web:1"\nrule = '/^v(\\d+)|1$/'\ncooldown = "7d"\n`;
    expect([toml(), names()]).toEqual([added, ['more']]);
    await run('lock');
    await run('lock', 'freeze', 'web', 'db');
    expect(toml()).toBe(
      added.replace('# one\n', '# one\nfreeze = true\n').replace(`${host}/db:1"\n`, `${host}/db:1"\nfreeze = true\n`),
    );
    await run('lock', 'unfreeze', 'web');
    expect(toml()).not.toContain('# one\nfreeze');
    expect(toml()).toContain(`/db:1"\nfreeze = true\n`);
    await run('lock', 'remove', 'db', 'more');
    expect(names()).toEqual(['web']);
    expect(toml()).toBe(`# Ours.\n\n[images.web] # the front\nimage = "${host}/web:1"   # one\n`);
  });

  test.each([
    ['dotted keys', (): string => `images.web.image = "${host}/web:1"\n`],
    ['an inline table', (): string => `images = { web = { image = "${host}/web:1" } }\n`],
  ])('%s are not edited where that would change more', async (_, text) => {
    const { run, toml } = place(text());
    const { exitCode, stderr } = await run('lock', 'remove', 'web');
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining('in a form that pullpin does not edit: change web by hand'),
    ]);
    expect(toml()).toBe(text());
  });
});

describe('words that make no sense', () => {
  test.each([
    [['add', 'redis:7'], 'lock add also takes the name that the image has in Nix code: pullpin lock add NAME redis:7'],
    [['add', 'a'], 'lock add takes a name and an image'],
    [['add', 'a b', 'redis:7'], "'a b' is no name for an image"],
    [['add', 'web', 'redis:7'], "images.toml:3 has an image 'web' already"],
    [['add', 'x', 'redis:7', '--rule', '7'], "'7' is no rule for tags"],
    [['remove'], 'lock remove takes the names of images'],
    [['remove', 'wbe'], "images.toml has no image 'wbe'; did you mean web?"],
    [['show', 'wbe'], "images.toml has no image 'wbe'; did you mean web?"],
    [['--update', 'wbe'], "images.toml has no image 'wbe'; did you mean web?"],
    [['rm', 'web'], "lock has no action 'rm'; did you mean lock remove?"],
    [['remvoe', 'web'], "lock has no action 'remvoe'; did you mean lock remove?"],
    [['update'], "lock has no action 'update': write pullpin lock --update"],
    [['add', 'a', 'redis:7', '--update'], '--update does not go together with lock add'],
    [['--rule', '^1'], '--rule is for lock add'],
    [['images.toml', 'other.toml'], "'other.toml' is one file too many"],
    [['images.json'], 'images.json is no images.toml'],
    [['gone.toml'], 'there is no gone.toml'],
  ])('%j', async (words, message) => {
    const { run, toml, folder } = place(START());
    const { exitCode, stdout, stderr } = await run('lock', ...words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`pullpin: ${message}`);
    expect([toml(), execFileSync('ls', [folder], { encoding: 'utf8' })]).toEqual([START(), 'images.toml\n']);
  });

  test('words stand in any order, and the action is completed with names', async () => {
    const { run, folder } = place(START());
    expect((await run('--file', 'images.toml', 'lock', '--json', 'add', 'x', `${host}/db:1`)).exitCode).toBe(0);
    const completions = async (...words: string[]) =>
      (await runInProcess(['__complete', 'bash', 'lock', ...words], testContext({ folder }))).stdout.match(
        /^[^\t\n]+/gm,
      );
    expect(await completions('')).toEqual(['add', 'remove', 'freeze', 'unfreeze', 'show', 'import', 'export']);
    expect(await completions('freeze', '')).toEqual(['web', 'db', 'x']);
    expect(await completions('--update', 'w')).toEqual(['web']);
    expect(await completions('imag')).toEqual([':file']);
  });
});

test('a missing folder is named before any registry is asked', async () => {
  const { run, folder } = place();
  writeFileSync(join(folder, 'uptix.lock'), `{"${host}/web:1": "sha256:${'0'.repeat(64)}"}`);
  const actions = [
    [],
    ['add', 'web', 'nowhere.invalid/web:1'],
    ['import', 'uptix.lock'],
    ['export', '--npins'],
    ['show'],
  ];
  for (const action of actions) {
    const { exitCode, stderr } = await run('lock', ...action, '--file', 'no/such.toml');
    expect([exitCode, stderr]).toEqual([2, 'pullpin: there is no folder for no/such.toml: make the folder first\n']);
  }
});

test('an image that cannot be looked up is not added', async () => {
  const { run, toml } = place(START());
  expect((await run('lock', 'add', 'gone', `${host}/gone:1`)).exitCode).toBe(5);
  expect(toml()).toBe(START());
});

test('bump, list and check leave a lock alone, also through the code that imports it, and say who moves it', async () => {
  const { run, folder } = place(`[images.web]\nimage = "${host}/web:1"\n`);
  writeFileSync(join(folder, 'use.nix'), '{ pkgs }: (import ./images.nix { inherit pkgs; }).web\n');
  await run('lock');
  const lock = readFileSync(join(folder, 'images.lock.json'), 'utf8');
  for (const args of [
    ['init', '--quiet'],
    ['add', '.'],
  ])
    execFileSync('git', args, { cwd: folder });
  await push('web', '1', 'web again');
  const bump = await run('bump');
  expect([bump.exitCode, bump.stderr]).toEqual([
    0,
    expect.stringContaining('images.lock.json stays as it is: pullpin lock --update moves its images'),
  ]);
  expect(JSON.parse((await run('list', '--json')).stdout)).toMatchObject({ pins: [], problems: [] });
  for (const other of ['a', 'b', 'c', 'd']) {
    mkdirSync(join(folder, other));
    writeFileSync(join(folder, other, 'images.lock.json'), lock);
  }
  execFileSync('git', ['add', '.'], { cwd: folder });
  expect((await run('bump')).stderr).toContain('2 more locks stay as they are\n');
  const named = await run('bump', 'images.lock.json');
  expect([named.exitCode, named.stderr]).toEqual([2, expect.stringContaining('is written by pullpin lock')]);
  expect(readFileSync(join(folder, 'images.lock.json'), 'utf8')).toBe(lock);
  await push('web', '1', 'web');
});

test('docs/json.md explains each key of lock --json', async () => {
  const { run } = place(START());
  const page = readFileSync(fileURLToPath(new URL('../../docs/json.md', import.meta.url)), 'utf8');
  const section = page.split(/^## /m).find((part) => part.startsWith('pullpin lock')) ?? '';
  const outputs = [
    await run('lock', '--json', '--check'),
    await run('lock', '--json'),
    await run('lock', 'show', '--json'),
  ];
  const keys = outputs.flatMap(({ stdout }) => {
    const { version, ...rest } = JSON.parse(stdout) as Record<string, unknown>;
    expect(version).toBe(1);
    const [change, shown] = [(rest['changes'] as object[])?.[0], (rest['images'] as object[])?.[0]];
    return [...Object.keys(rest), ...Object.keys(change ?? {}), ...Object.keys(shown ?? {})];
  });
  expect(keys.length).toBeGreaterThan(15);
  for (const key of keys) expect(section).toMatch(new RegExp(`["\`]${key}["\`]`));
});
