import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startRegistry } from '../../../support/faulty-registry.js';
import { gitRepository } from '../../../support/git-repository.js';
import { image } from '../../../support/images.js';
import { printedBefore, runInProcess, testContext } from '../../../support/run-in-process.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const registry = await startRegistry();
const { host } = registry;
const content = (text: string) =>
  image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from(text) }] });
const [OLD, NEW] = [content('old'), content('new')];
const NAMES = ['app', 'web', 'db', 'proxy', 'queue'];
for (const name of NAMES) for (const each of [OLD, NEW]) registry.add(`${name}:1`, each);

const call = (name: string): string =>
  `(dockerTools.pullImage { imageName = "${host}/${name}"; imageDigest = "${OLD.root.digest}"; hash = ""; finalImageTag = "1"; })`;
const nix = (...names: string[]): string => `{ dockerTools }:\n[ ${names.map(call).join('\n')} ]\n`;
const yaml = (...names: string[]): string =>
  names.map((name) => `- image: ${host}/${name}:1@${OLD.root.digest} # ${name}\n`).join('');

const FILES = { 'a.nix': nix('app', 'web', 'app'), 'b/c.nix': nix('db', 'proxy'), 'k8s.yaml': yaml('queue', 'web') };

/** A checkout with these files; `bump` takes the words that stand behind `pullpin bump`. */
function checkout(files: Readonly<Record<string, string>> = FILES) {
  const { folder, environment, commit } = gitRepository(files);
  commit();
  const home = temporaryFolder();
  return {
    folder,
    read: (path: string): string => readFileSync(join(folder, path), 'utf8'),
    all: () => Object.fromEntries(Object.keys(files).map((path) => [path, readFileSync(join(folder, path), 'utf8')])),
    bump: (words: string, variables: Record<string, string> = {}) =>
      runInProcess(
        ['bump', ...words.split(' ')],
        testContext({ folder, home, environment: { ...environment, ...variables } }),
      ),
  };
}

const plans = temporaryFolder();
const planNames = (run: string, count: number): string =>
  Array.from({ length: count }, (_, at) => `${plans}/${run}-${at + 1}.json`).join(' ');

/** Plans all shards, each in a checkout of its own, and gives the names of the plans. */
async function planAll(run: string, count: number, files = FILES, options = ''): Promise<string> {
  for (let index = 1; index <= count; index += 1) {
    const { bump, all } = checkout(files);
    const { exitCode, stderr } = await bump(`--shard ${index}/${count} --plan ${plans}/${run}-${index}.json${options}`);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(all()).toEqual(files);
  }
  return planNames(run, count);
}

const readPlan = (name: string) => JSON.parse(readFileSync(name, 'utf8'));

/** Writes the plan of a run of one shard once more, changed. */
function forge(run: string, change: (plan: ReturnType<typeof readPlan>) => void): string {
  const plan = readPlan(planNames(run, 1));
  change(plan);
  const name = `${plans}/forged-${run}.json`;
  writeFileSync(name, JSON.stringify(plan));
  return name;
}

test('the plans of all shards together write what one machine writes, in any order', async () => {
  const one = checkout();
  await one.bump('.');
  const names = await planAll('order', 3);
  const other = checkout();
  const shuffled = names.split(' ').reverse().join(' ');
  const { exitCode, stderr, stdout } = await other.bump(`--apply ${shuffled} --commit-message ${plans}/message`);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: 'pullpin: 7 pins changed in 3 files, 0 up to date\n' });
  expect(other.all()).toEqual(one.all());
  expect(one.read('a.nix')).toContain(NEW.root.digest);
  expect(stdout.split('\n')).toHaveLength(8);
  expect(readFileSync(`${plans}/message`, 'utf8')).toContain('app');
});

test('--apply --json, --diff and --markdown show what bump itself would show', async () => {
  const names = await planAll('formats', 3, FILES, ' --json');
  for (const format of ['--json', '--diff', '--markdown']) {
    const [one, other] = [checkout(), checkout()];
    const [own, applied] = [await one.bump(`-n ${format}`), await other.bump(`--apply ${names} -n ${format}`)];
    expect(applied.stdout).toBe(own.stdout);
    expect(applied.exitCode).toBe(own.exitCode);
    expect(other.all()).toEqual(FILES);
  }
});

test('a plan of one machine needs no --shard, and a second --apply finds the files changed', async () => {
  const { bump, read } = checkout();
  expect((await bump(`--plan ${plans}/whole-1.json`)).stderr).toContain('7 pins outdated');
  expect(await bump(`--apply ${plans}/whole-1.json`)).toMatchObject({ exitCode: 0 });
  const after = read('a.nix');
  const { exitCode, stderr } = await bump(`--apply ${plans}/whole-1.json`);
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('a.nix has changed since the plans were made'),
  });
  expect(read('a.nix')).toBe(after);
});

test('a pin that fails on its machine is reported by --apply with the same exit code, and the others are written', async () => {
  const files = { ...FILES, 'gone.nix': nix('gone') };
  const [one, two] = [checkout(files), checkout(files)];
  const own = await one.bump('.');
  for (const index of [1, 2]) await checkout(files).bump(`--shard ${index}/2 --plan ${plans}/gone-${index}.json`);
  const applied = await two.bump(`--apply ${planNames('gone', 2)}`);
  expect(applied).toMatchObject({ exitCode: own.exitCode, stderr: own.stderr });
  expect(own.exitCode).toBe(5);
  expect(two.all()).toEqual(one.all());
});

test('what is wrong with the files is said once', async () => {
  const files = { ...FILES, 'broken.nix': '{ x = ; imageDigest = "sha256:"; }' };
  const [one, two] = [checkout(files), checkout(files)];
  const own = await one.bump('.');
  for (const index of [1, 2, 3]) await checkout(files).bump(`--shard ${index}/3 --plan ${plans}/broken-${index}.json`);
  expect(await two.bump(`--apply ${planNames('broken', 3)}`)).toMatchObject({
    exitCode: own.exitCode,
    stderr: own.stderr,
  });
});

test('more shards than images are no failure', async () => {
  const names = await planAll('many', 8, {
    ...FILES,
    'a.nix': nix('app'),
    'b/c.nix': nix('app'),
    'k8s.yaml': yaml('app'),
  });
  expect(
    names
      .split(' ')
      .map((name) => readPlan(name).counts.found)
      .toSorted(),
  ).toEqual([0, 0, 0, 0, 0, 0, 0, 3]);
});

describe('--apply refuses, and writes nothing,', () => {
  test.for<[string, (names: string[]) => string[], string]>([
    ['a missing shard', ([one = '', , three = '']) => [one, three], 'the plans of shard 2/3 are missing'],
    ['several missing shards', ([, , three = '']) => [three], 'the plans of shards 1/3, 2/3 are missing'],
    ['a shard that is there twice', (names) => [...names, names[0] ?? ''], 'are both of shard 1/3'],
    ['a file that is no plan', (names) => [...names, 'b/c.nix'], 'b/c.nix is not JSON'],
    ['a file that is not there', (names) => [...names, 'gone.json'], '--apply gone.json: does not exist'],
  ])('%s', async ([title, change, message]) => {
    const names = (await planAll(`set${title.length}`, 3)).split(' ');
    const { bump, all } = checkout();
    const { exitCode, stderr } = await bump(`--apply ${change(names).join(' ')}`);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(all()).toEqual(FILES);
  });

  test('plans that were made with other options, words or files', async () => {
    const names = (await planAll('same', 2)).split(' ');
    const other = `${plans}/other.json`;
    await checkout().bump(`--shard 2/2 --plan ${other} --tags minor`);
    const { bump, all } = checkout();
    expect((await bump(`--apply ${names[0]} ${other}`)).stderr).toContain('were made with other values of --tags');
    await checkout().bump(`--shard 2/2 --plan ${other} b`);
    expect((await bump(`--apply ${names[0]} ${other}`)).stderr).toContain('were made with other words');
    await checkout({ ...FILES, 'a.nix': nix('app') }).bump(`--shard 2/2 --plan ${other}`);
    expect((await bump(`--apply ${names[0]} ${other}`)).stderr).toContain('were made of other files, such as a.nix');
    await checkout().bump(`--shard 2/3 --plan ${other}`);
    expect((await bump(`--apply ${names[0]} ${other}`)).stderr).toContain('are of 2 and of 3 shards');
    expect(all()).toEqual(FILES);
  });

  test.for<[string, (plan: ReturnType<typeof readPlan>) => void, string]>([
    ['another version', (plan) => (plan.version = 2), 'has version 2 of plans'],
    ['another pullpin', (plan) => (plan.pullpin = '9.9.9'), 'was made by pullpin 9.9.9'],
    ['an unknown key', (plan) => (plan.run = 'x'), 'is not what pullpin writes there'],
    ['a shard that cannot be', (plan) => (plan.shard = { index: 3, count: 2 }), 'cannot be'],
    ['a path above', (plan) => (plan.changes[0].edits[0].file = 'b/../../a.nix'), 'changes.0.edits.0.file is not what'],
    [
      'an absolute path',
      (plan) => (plan.changes[0].edits[0].file = '/etc/passwd'),
      'changes.0.edits.0.file is not what',
    ],
    ['words that lead out', (plan) => (plan.words = ['/etc']), 'outside of this folder'],
    ['a file without a digest', (plan) => (plan.changes[0].edits[0].file = 'README'), 'do not know its text'],
    ['a wrong digest', (plan) => (plan.files[0].digest = OLD.root.digest), 'a.nix has changed since'],
    [
      'an edit outside of a pin',
      (plan) => Object.assign(plan.changes[0].edits[0], { start: 2, end: 4 }),
      'a.nix:1: the plans would change what is no value of a pin',
    ],
    [
      'an edit behind the end',
      (plan) => Object.assign(plan.changes[0].edits[0], { start: 1e6, end: 1e6 }),
      'what is no value of a pin',
    ],
    [
      'Nix code',
      (plan) => (plan.changes[0].edits[0].text = '${builtins.readFile /etc/passwd}'),
      'what is no value of a pin',
    ],
    ['a quote', (plan) => (plan.changes[0].edits[0].text = '"; x = "'), 'what is no value of a pin'],
    [
      'another text at one place',
      (plan) => plan.changes[1].edits.push({ ...plan.changes[0].edits[0], text: 'x' }),
      'in two ways',
    ],
  ])('%s', async ([title, change, message]) => {
    const run = `forge${title.replaceAll(' ', '-')}`;
    await planAll(run, 1);
    const { bump, all } = checkout();
    const { exitCode, stderr } = await bump(`--apply ${forge(run, change)}`);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(exitCode).toBeGreaterThan(0);
    expect(all()).toEqual(FILES);
  });

  test('YAML that would become more than a word', async () => {
    await planAll('yaml', 1);
    const name = forge('yaml', (plan) => {
      const change = plan.changes.find(({ pin }: { pin: { file: string } }) => pin.file === 'k8s.yaml');
      change.edits[0].text = 'x\nrun: rm -rf';
    });
    const { bump, all } = checkout();
    expect((await bump(`--apply ${name}`)).stderr).toContain('k8s.yaml:1: the plans would change what is no value');
    expect(all()).toEqual(FILES);
  });

  test('a link that leads out of the folder', async () => {
    await planAll('link', 1);
    const { bump, folder } = checkout();
    const outside = join(temporaryFolder(), 'a.nix');
    writeFileSync(outside, FILES['a.nix']);
    rmSync(join(folder, 'a.nix'));
    symlinkSync(outside, join(folder, 'a.nix'));
    expect(await bump(`--apply ${planNames('link', 1)}`)).toMatchObject({ exitCode: 1 });
    expect(readFileSync(outside, 'utf8')).toBe(FILES['a.nix']);
  });
});

test('a plan that lies among the files has no pins, and is no operand without --apply', async () => {
  const { bump, folder, read } = checkout();
  expect(await bump('--plan plan.json')).toMatchObject({ exitCode: 0 });
  expect(await bump('--check')).toMatchObject({ exitCode: 3, stderr: 'pullpin: 7 pins outdated, 0 up to date\n' });
  expect(await bump('plan.json')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('write pullpin bump --apply'),
  });
  expect(await bump('--apply plan.json')).toMatchObject({ exitCode: 0 });
  expect(read('k8s.yaml')).toContain(`${NEW.root.digest} # queue`);
  expect(readdirSync(folder).toSorted()).toEqual(['.git', 'a.nix', 'b', 'k8s.yaml', 'plan.json']);
});

test('the plan of files outside of the folder is refused before it is written', async () => {
  const { bump } = checkout();
  const { folder } = checkout();
  const { exitCode, stderr } = await bump(`--plan ${plans}/outside.json ${folder}`);
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('is not below this folder'),
  });
  expect(existsSync(`${plans}/outside.json`)).toBe(false);
});

describe('--shard', () => {
  test('alone changes or checks a part of the pins', async () => {
    const { bump } = checkout();
    const found = async (words: string) => JSON.parse((await bump(`${words} --json`)).stdout).counts.found;
    expect((await found('-n --shard 1/2')) + (await found('--check --shard 2/2'))).toBe(7);
  });

  test.each([
    ['GitLab', { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '3' }],
    ['CircleCI', { CIRCLE_NODE_INDEX: '1', CIRCLE_NODE_TOTAL: '3' }],
    ['Buildkite', { BUILDKITE_PARALLEL_JOB: '1', BUILDKITE_PARALLEL_JOB_COUNT: '3' }],
    ['Semaphore', { SEMAPHORE_JOB_INDEX: '2', SEMAPHORE_JOB_COUNT: '3' }],
    ['Bitbucket', { BITBUCKET_PARALLEL_STEP: '1', BITBUCKET_PARALLEL_STEP_COUNT: '3' }],
    ['Azure', { SYSTEM_JOBPOSITIONINPHASE: '2', SYSTEM_TOTALJOBSINPHASE: '3' }],
  ])('auto is what the variables of %s say', async (ci, variables) => {
    const name = `${plans}/auto-${ci}.json`;
    expect(await checkout().bump(`--shard auto --plan ${name}`, variables)).toMatchObject({ exitCode: 0 });
    expect(readPlan(name).shard).toEqual({ index: 2, count: 3 });
  });

  test.each([
    ['auto', {}, 'this CI has set none of CI_NODE_INDEX and CI_NODE_TOTAL, CIRCLE_NODE_INDEX'],
    ['auto', { CI_NODE_TOTAL: '1' }, 'CI_NODE_INDEX is not set, so this job is not one of several'],
    [
      'auto',
      { CI_NODE_INDEX: '0', CI_NODE_TOTAL: '3' },
      "CI_NODE_INDEX is '0' and CI_NODE_TOTAL is '3', which GitLab does not set so",
    ],
    ['auto', { CIRCLE_NODE_INDEX: 'x', CIRCLE_NODE_TOTAL: '3' }, "CIRCLE_NODE_INDEX is 'x'"],
    [
      'auto',
      { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '3', CIRCLE_NODE_INDEX: '1', CIRCLE_NODE_TOTAL: '3' },
      'say different shards',
    ],
    ['0/3', {}, '--shard 0/3: K goes from 1 to N, as in 2/8'],
    ['4/3', {}, '--shard 4/3: K goes from 1 to N'],
    ['2', {}, '--shard is auto or K/N such as 2/8'],
    ['1/0', {}, '--shard 1/0: K goes from 1 to N'],
    ['1/1001', {}, '--shard is auto or K/N'],
  ])('%s with %j is refused before any request', async (shard, variables, message) => {
    const { bump, all } = checkout();
    const before = registry.requests.length;
    const { exitCode, stderr } = await bump(`--shard ${shard} --plan ${plans}/never.json`, variables);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) });
    expect(registry.requests.length).toBe(before);
    expect(existsSync(`${plans}/never.json`)).toBe(false);
    expect(all()).toEqual(FILES);
  });

  test.each([
    ['--plan x.json --check', '--plan needs the changes'],
    ['--plan x.json -n', '--plan writes no pins anyway'],
    ['--plan x.json --commit-message m', '--plan changes nothing yet'],
    ['--plan x.json -', '--plan is for files that several machines have'],
    ['--plan -', '--plan writes a file'],
    ['--apply', '--apply wants the plans of all shards'],
    ['--apply --plan x.json x', 'choose one'],
    ['--apply --shard 1/2 x', 'does not go together with --shard'],
    ['--apply --hashes x', 'does not go together with --hashes'],
    ['--apply --tags minor x', 'does not go together with --tags'],
    ['--apply --since HEAD x', 'does not go together with --since'],
    ['--apply --store x', 'does not go together with --store'],
    ['--apply --include y x', 'does not go together with --include'],
    ['--apply --keep-going x', 'does not go together with --keep-going'],
    ['--apply --shared-cache file:///x x', 'does not go together with --shared-cache'],
  ])('%s is refused', async (words, message) => {
    const { exitCode, stderr } = await checkout().bump(words);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) });
  });
});

test('a plan is what its JSON Schema says', async () => {
  await planAll('schema', 1);
  const { Ajv } = await import('ajv');
  const schema = JSON.parse(readFileSync(new URL('../../../../dist/plan.schema.json', import.meta.url), 'utf8'));
  const validate = new Ajv({ strict: false }).compile(schema);
  const plan = readPlan(planNames('schema', 1));
  expect(validate(plan)).toBe(true);
  expect(validate({ ...plan, files: [{ path: '../x', digest: OLD.root.digest }] })).toBe(false);
});

describe('--json-lines', () => {
  const lines = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  test('prints each pin once, then problems of no pin, and the totals at last', async () => {
    const files = { ...FILES, 'gone.nix': nix('gone'), 'broken.nix': '{ x = ; imageDigest = "sha256:"; }' };
    const { bump } = checkout(files);
    const [streamed, whole] = [await bump('-n --json-lines'), JSON.parse((await bump('-n --json')).stdout)];
    const printed = lines(streamed.stdout);
    const pins = printed.filter(({ type }) => type === 'pin');
    expect(pins.flatMap(({ change }) => change ?? [])).toHaveLength(7);
    const sorted = (changes: { file: string; column: number; line: number }[]) =>
      changes.toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column);
    expect(sorted(pins.flatMap(({ change }) => change ?? []))).toEqual(sorted(whole.changes));
    const problems = printed.flatMap((each) => (each.type === 'problem' ? each : (each.problem ?? [])));
    expect(problems.map(({ message }) => message).toSorted()).toEqual(
      whole.problems.map(({ message }: { message: string }) => message).toSorted(),
    );
    expect(printed.at(-1)).toEqual({ type: 'total', version: 1, changes: 7, files: whole.files, counts: whole.counts });
    expect(streamed.exitCode).toBe(1);
  });

  test('prints a pin before the others are known', async () => {
    const { folder } = gitRepository({ 'a.nix': nix('app') });
    const context = testContext({ folder });
    const printed = await printedBefore('"type":"total"', ['bump', '-n', '--json-lines'], context);
    expect(lines(printed)).toMatchObject([{ type: 'pin', state: 'changed', tag: '1' }]);
  });

  test('says of what --apply writes as well, and goes with no other output', async () => {
    await planAll('lines', 1);
    const { bump } = checkout();
    const { stdout } = await bump(`--apply ${planNames('lines', 1)} --json-lines`);
    const printed = lines(stdout);
    expect(printed.map(({ type }) => type)).toEqual([...Array(7).fill('pin'), 'total']);
    expect(printed[0]).toMatchObject({
      file: 'a.nix',
      state: 'changed',
      change: { to: { imageDigest: NEW.root.digest } },
    });
    expect(await bump('--json --json-lines')).toMatchObject({ exitCode: 2 });
  });
});

test('--max-requests-per-minute holds requests back, and each shard has its part of it', async () => {
  const { folder, environment } = gitRepository({ 'a.nix': nix(...NAMES) });
  const before = registry.requests.length;
  const controller = new AbortController();
  const context = testContext({ folder, environment, signal: controller.signal });
  const run = runInProcess(['bump', '-n', '--shard', '1/2', '--max-requests-per-minute', '4'], context);
  while (registry.requests.length === before) await new Promise((done) => setTimeout(done, 20));
  await new Promise((done) => setTimeout(done, 300));
  // One of the two has asked for TLS, which this registry does not speak.
  expect(registry.requests.length).toBe(before + 1);
  controller.abort(new Error('enough'));
  await run;
});
