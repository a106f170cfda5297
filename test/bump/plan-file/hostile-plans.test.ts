import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startRegistry } from '../../support/faulty-registry.js';
import { gitRepository } from '../../support/git-repository.js';
import { image, index } from '../../support/images.js';
import { runInProcess, testContext } from '../../support/run-in-process.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

// A plan comes from another machine. Whatever it says, --apply changes values of pins and nothing else.

const registry = await startRegistry();
const { host } = registry;
const content = (text: string, architecture = 'amd64') =>
  image({ config: JSON.stringify({ architecture, os: 'linux' }), layers: [{ bytes: Buffer.from(text) }] });
const indexOf = (text: string, ...architectures: string[]) =>
  index(
    architectures.map((architecture) => ({
      image: content(`${text} ${architecture}`, architecture),
      platform: { os: 'linux', architecture },
    })),
  );
const [OLD, NEW] = [content('old'), content('new')];
for (const name of ['app', 'web']) for (const each of [OLD, NEW]) registry.add(`${name}:1`, each);
const [OLD_INDEX, NEW_INDEX] = [indexOf('old', 'amd64', 'arm64'), indexOf('new', 'amd64', 'arm64')];
for (const each of [OLD_INDEX, NEW_INDEX]) registry.add('table:1', each);

const pull = (name: string, more = '') =>
  `dockerTools.pullImage { imageName = "${host}/${name}"; imageDigest = "${OLD.root.digest}"; hash = ""; finalImageTag = "1";${more} }`;
const nix = `{ dockerTools }:\n{\n  app = ${pull('app')};\n  web = ${pull('web')};\n}\n`;
const string = `${host}/web:1@${OLD.root.digest}`;
const FILES = {
  'a.nix': nix,
  'k8s.yaml': `run: x\nimage: ${string} # web\n`,
  'data.json': `${JSON.stringify({ script: 'make', image: string }, null, 2)}\n`,
};
// A call for all platforms, and tables by system that lack one.
const open = `{ dockerTools }:\ndockerTools.pullImage {\n  imageName = "${host}/table";\n  imageDigest = "${OLD_INDEX.root.digest}";\n  hash = "";\n  finalImageTag = "1";\n}\n`;
const table = `{ dockerTools, stdenv }:\nlet\n  hashes = {\n    x86_64-linux = "";\n  };\nin\ndockerTools.pullImage {\n  imageName = "${host}/table";\n  imageDigest = "${OLD_INDEX.root.digest}";\n  hash = hashes.\${stdenv.hostPlatform.system};\n  finalImageTag = "1";\n}\n`;
const entries = JSON.stringify({ 'x86_64-linux': { digest: OLD_INDEX.root.digest, hash: '' }, note: 'x' }, null, 2);
const reader = `{ dockerTools, stdenv }:\nlet image = (builtins.fromJSON (builtins.readFile ./t.json)).\${stdenv.hostPlatform.system}; in\ndockerTools.pullImage { imageName = "${host}/table"; imageDigest = image.digest; hash = image.hash; finalImageTag = "1"; }\n`;
const GROWING = { 'open.nix': open, 'table.nix': table, 't.json': `${entries}\n`, 'reader.nix': reader };

type Files = Readonly<Record<string, string>>;

function checkout(files: Files) {
  const { folder, environment, commit } = gitRepository(files);
  commit();
  const home = temporaryFolder();
  return {
    folder,
    all: (): Files =>
      Object.fromEntries(Object.keys(files).map((path) => [path, readFileSync(join(folder, path), 'utf8')])),
    bump: (...words: string[]) => runInProcess(['bump', ...words], testContext({ folder, home, environment })),
  };
}

type Plan = ReturnType<typeof JSON.parse>;

async function planOf(files: Files, ...options: string[]): Promise<string> {
  const file = join(temporaryFolder(), 'plan.json');
  const { exitCode, stderr } = await checkout(files).bump('--plan', file, ...options);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return readFileSync(file, 'utf8');
}

/** Carries out a plan as somebody has changed it. */
async function apply(files: Files, text: string, prepare: (folder: string) => void = () => {}) {
  const file = join(temporaryFolder(), 'plan.json');
  writeFileSync(file, text);
  const { all, bump, folder } = checkout(files);
  prepare(folder);
  return { ...(await bump('--apply', file)), files: all() };
}

const changed = (text: string, change: (plan: Plan) => void): string => {
  const plan = JSON.parse(text);
  change(plan);
  return JSON.stringify(plan);
};
const changeIn = (plan: Plan, file: string) => plan.changes.find(({ pin }: Plan) => pin.file === file);

const honest = await planOf(FILES);
const NO_VALUE = 'the plans would change what is no value of a pin';
const ODD = 'is not what pullpin writes there';

test.for<[string, (plan: Plan) => void, string]>([
  [
    'an edit that ends in front of its beginning',
    (plan) => {
      const [edit] = changeIn(plan, 'k8s.yaml').edits;
      [edit.start, edit.end] = [edit.end, edit.start];
    },
    `k8s.yaml:2: ${NO_VALUE}`,
  ],
  [
    'a key of YAML',
    (plan) => {
      changeIn(plan, 'k8s.yaml').edits[0].text = 'x:';
    },
    `k8s.yaml:2: ${NO_VALUE}`,
  ],
  [
    'another value of a JSON file, with an option that adds entries',
    (plan) => {
      const start = FILES['data.json'].indexOf('"make"');
      plan.options.systems = 'all';
      changeIn(plan, 'data.json').edits.push({ file: 'data.json', start, end: start + 6, text: '"rm -rf"' });
    },
    `data.json:2: ${NO_VALUE}`,
  ],
  [
    'a whole JSON file, as a change of systems',
    (plan) => {
      const change = changeIn(plan, 'data.json');
      plan.options.systems = 'all';
      change.systems = { added: ['x'], dropped: [] };
      change.edits = [{ file: 'data.json', start: 0, end: FILES['data.json'].length, text: '{}' }];
    },
    `data.json:1: ${NO_VALUE}`,
  ],
  [
    'an attribute, with an option that adds attributes',
    (plan) => {
      const start = FILES['a.nix'].indexOf('hash =');
      plan.options['add-arch'] = true;
      changeIn(plan, 'a.nix').edits.push({ file: 'a.nix', start, end: start, text: 'arch = "x"; shellHook = "sh"; ' });
    },
    `a.nix:3: ${NO_VALUE}`,
  ],
  ['a count that cannot be', (plan) => Object.assign(plan.counts, { found: 1e300 }), `counts.found ${ODD}`],
  ['a million words', (plan) => Object.assign(plan, { words: Array(1e6).fill('a.nix') }), `words ${ODD}`],
])('%s is refused in one line, and nothing is written', async ([, change, message]) => {
  const { exitCode, stderr, files } = await apply(FILES, changed(honest, change));
  expect(files).toEqual(FILES);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(exitCode).toBe(1);
});

test.each<[string, (text: string) => string, string]>([
  ['cut off', (text) => text.slice(0, text.length / 2), 'is not JSON'],
  ['empty', () => '', 'is not JSON'],
  ['another value', () => 'null', 'is not a plan'],
  ['nested a million times', () => `{"generator":"pullpin bump","version":1,"x":${'['.repeat(2e6)}`, 'is not JSON'],
  ['made of millions of parts', () => `{"x":[${'{},'.repeat(5e6)}{}]}`, 'is not JSON'],
  ['with a name twice, once wrong', (text) => text.replace('"version": 1', '"version": 1, "version": 9'), 'version 9'],
  ['with __proto__', (text) => text.replace('"shard"', '"__proto__": {"version": 1}, "shard"'), `__proto__ ${ODD}`],
])('a plan that is %s is refused in a moment', async (_, change, message) => {
  const { exitCode, stderr, files } = await apply(FILES, change(honest));
  expect(files).toEqual(FILES);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(exitCode).toBe(1);
});

test('texts of a plan cannot act on a terminal or add lines to a commit message', async () => {
  const text = changed(honest, (plan) => {
    plan.changes[0].pin.imageName = 'a\n\nFixes #1\u001b[2J';
    plan.problems.push({
      file: 'x\u001b[2J',
      line: 1,
      column: 1,
      severity: 'failure',
      code: 'x',
      message: 'a\nb\u001b[2J',
    });
  });
  const { stdout, stderr } = await apply(FILES, text);
  expect(`${stdout}${stderr}`).not.toContain('\u001b');
  expect(stderr.trim().split('\n')).toHaveLength(2);
});

test('a link in the checkout leads a plan to no other folder', async () => {
  const outside = temporaryFolder();
  writeFileSync(join(outside, 'a.nix'), FILES['a.nix']);
  const text = changed(honest, (plan) => {
    const change = changeIn(plan, 'a.nix');
    plan.words = ['link'];
    plan.files = [{ ...plan.files.find(({ path }: Plan) => path === 'a.nix'), path: 'link/a.nix' }];
    change.pin.file = 'link/a.nix';
    for (const edit of change.edits) edit.file = 'link/a.nix';
    plan.changes = [change];
  });
  const { exitCode, stderr } = await apply(FILES, text, (folder) => symlinkSync(outside, join(folder, 'link')));
  expect(stderr).toContain('files outside of this folder (link)');
  expect(exitCode).toBe(2);
  expect(readFileSync(join(outside, 'a.nix'), 'utf8')).toBe(FILES['a.nix']);
});

test('--plan replaces no file that has pins, and names no file that --apply would refuse', async () => {
  const { bump, all, folder } = checkout(FILES);
  for (const file of ['a.nix', './data.json', 'new.nix', 'compose.yaml']) {
    const { exitCode, stderr } = await bump('--plan', file);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('may have pins') });
  }
  expect(all()).toEqual(FILES);
  mkdirSync(join(folder, 'back\\slash'));
  writeFileSync(join(folder, 'back\\slash/ü.nix'), '{ }');
  expect(await bump('--plan', '.git/plan.json')).toMatchObject({ exitCode: 0 });
  expect(await bump('--apply', '.git/plan.json')).toMatchObject({ exitCode: 0 });
  writeFileSync(join(folder, 'a\u001bb.nix'), '{ }');
  const odd = await bump('--plan', '.git/plan.json');
  expect(odd).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('has a name that no plan can have') });
});

test.each([[['--add-arch']], [['--systems', 'all']], [['--add-arch', '--systems', 'all', '--shard', '1/1']]])(
  'what %j adds is written by --apply as by one machine',
  async (options) => {
    const one = checkout(GROWING);
    const own = await one.bump(...options.filter((word) => !/shard|1\/1/.test(word)));
    expect(own.exitCode).toBe(0);
    expect(one.all()).not.toEqual(GROWING);
    const { exitCode, stderr, files } = await apply(GROWING, await planOf(GROWING, ...options));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: own.stderr });
    expect(files).toEqual(one.all());
  },
);

test.for<[string, (edit: Plan) => void, number]>([
  ['an attribute more', (edit) => Object.assign(edit, { text: edit.text.replace('arch', 'x = "y"; arch') }), 3],
  ['another place', (edit) => Object.assign(edit, { start: 1, end: 1 }), 3],
  ['code in place of a word', (edit) => Object.assign(edit, { text: edit.text.replace(/"[^"]*"/, '"${x}"') }), 3],
])('a plan that adds %s is refused', async ([, spoil, count]) => {
  const text = await planOf(GROWING, '--add-arch', '--systems', 'all');
  const tried = [];
  for (const file of Object.keys(GROWING)) {
    const isAdded = (edit: Plan): boolean => edit.start === edit.end && edit.file === file;
    const spoiled = changed(text, (plan) => {
      for (const change of plan.changes) for (const edit of change.edits.filter(isAdded)) spoil(edit);
    });
    if (spoiled === JSON.stringify(JSON.parse(text))) continue;
    tried.push(file);
    const { exitCode, files } = await apply(GROWING, spoiled);
    expect(exitCode).toBe(1);
    expect(files).toEqual(GROWING);
  }
  expect(tried).toHaveLength(count);
});

test('a change that a plan says twice is made once, and counts once', async () => {
  const once = await apply(FILES, honest);
  const twice = await apply(
    FILES,
    changed(honest, (plan) => plan.changes.push(...plan.changes)),
  );
  expect(once.stderr).toMatch(/4 pins changed in 3 files,/);
  expect(twice).toEqual(once);
});
