import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { startRegistry } from '../support/faulty-registry.js';
import { gitRepository } from '../support/git-repository.js';
import { image } from '../support/images.js';
import { runInProcess, testContext } from '../support/run-in-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const page = readFileSync(fileURLToPath(new URL('../../docs/fleet.md', import.meta.url)), 'utf8');
const blocks = (language: string): string[] =>
  Array.from(page.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm')), ([, text = '']) => text);
const [github, gitlab] = blocks('yaml').map((text) => parse(text));
const commands = blocks('sh')
  .flatMap((text) => text.trim().split('\n'))
  .map((line) => line.replace(/ +#.*/, ''));

const registry = await startRegistry();
const content = (text: string) =>
  image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from(text) }] });
const [OLD, NEW] = [content('old'), content('new')];
const NAMES = Array.from({ length: 12 }, (_, at) => `app${at}`);
for (const name of NAMES) for (const each of [OLD, NEW]) registry.add(`${name}:1`, each);
const pins = (at: string) =>
  `{ dockerTools }:\n[\n${NAMES.map((name) => `  (dockerTools.pullImage { imageName = "${registry.host}/${name}"; imageDigest = "${at}"; hash = ""; finalImageTag = "1"; })\n`).join('')}]\n`;

/** A job of a CI: a checkout of its own, in which it runs command lines as its shell would. */
function job(files: Record<string, string> = { 'images.nix': pins(OLD.root.digest) }) {
  const { folder, environment, commit } = gitRepository(files);
  commit();
  const expanded = (word: string): string[] => {
    const [, place = '', start = ''] = /^(.*\/)?([^*]*)\*\.json$/.exec(word) ?? [];
    if (!word.includes('*')) return [word];
    return readdirSync(join(folder, place)).flatMap((name) => (name.startsWith(start) ? [`${place}${name}`] : []));
  };
  return {
    folder,
    run: (line: string, variables: Record<string, string> = {}) => {
      const set = line.replace(/\$(\w+)/g, (_, name) => variables[name] ?? '');
      const [program, ...words] = set.split(' ').flatMap(expanded);
      expect(program).toBe('pullpin');
      return runInProcess(words, testContext({ folder, environment: { ...environment, ...variables } }));
    },
    read: (name = 'images.nix') => readFileSync(join(folder, name), 'utf8'),
  };
}

const stepOf = (steps: { run?: string }[]): string => steps.find(({ run }) => run?.startsWith('pullpin'))?.run ?? '';

test('the recipe for GitHub bumps all pins', async () => {
  const { plan, apply } = github.jobs;
  const shards: number[] = plan.strategy.matrix.shard;
  expect(shards).toEqual(shards.map((_, at) => at + 1));
  expect(apply.needs).toBe('plan');
  const last = job();
  const [, , download] = [...apply.steps.slice(0, 1), undefined, apply.steps[1]];
  mkdirSync(join(last.folder, download.with.path));
  for (const shard of shards) {
    const own = job();
    const expressions = new Map([
      ['matrix.shard', shard],
      ['strategy.job-total', shards.length],
    ]);
    const fill = (text: string) => text.replace(/\$\{\{ (\S+) \}\}/g, (_, name) => String(expressions.get(name)));
    expect(await own.run(fill(stepOf(plan.steps)))).toMatchObject({ exitCode: 0 });
    const upload = fill(plan.steps.find(({ uses = '' }) => uses.includes('upload')).with.path);
    copyFileSync(join(own.folder, upload), join(last.folder, download.with.path, upload));
  }
  expect(await last.run(stepOf(apply.steps))).toMatchObject({ exitCode: 0 });
  expect(last.read().split(NEW.root.digest)).toHaveLength(NAMES.length + 1);
  expect(last.read('message.txt')).toContain('app0');
});

test('the recipe for GitLab bumps all pins', async () => {
  const { plan, apply } = gitlab;
  const last = job();
  for (let index = 1; index <= plan.parallel; index += 1) {
    const own = job();
    const variables = { CI_NODE_INDEX: String(index), CI_NODE_TOTAL: String(plan.parallel) };
    expect(await own.run(plan.script[0], variables)).toMatchObject({ exitCode: 0 });
    for (const name of readdirSync(own.folder).filter((each) => /^plan-.*\.json$/.test(each)))
      copyFileSync(join(own.folder, name), join(last.folder, name));
  }
  expect(await last.run(apply.script[0])).toMatchObject({ exitCode: 0 });
  expect(last.read().split(NEW.root.digest)).toHaveLength(NAMES.length + 1);
  expect(last.read('message.txt')).toContain('app0');
});

test('the first commands of the page do what they say', async () => {
  const own = job();
  for (const line of commands.slice(0, 3)) expect(await own.run(line)).toMatchObject({ exitCode: 0 });
  expect(own.read()).not.toContain(OLD.root.digest);
  const limited = job();
  const slow = commands.find((line) => line.includes('--max-requests')) ?? '';
  expect(await limited.run(slow.replace(' 60', ' 10000'))).toMatchObject({ exitCode: 0 });
  expect(limited.read()).toBe(own.read());
});

test('one run over several checkouts asks for each image once, and finds the calls in each repository', async () => {
  const values = `{ imageName = "${registry.host}/app1"; imageDigest = "${OLD.root.digest}"; hash = ""; }\n`;
  const caller = '{ dockerTools }: dockerTools.pullImage (import ./images/web.nix // { finalImageTag = "1"; })\n';
  const files = { 'images/web.nix': values, 'caller.nix': caller, '.gitignore': 'ignored/\n' };
  const top = temporaryFolder();
  const repositories = ['shop', 'billing'].map((name) => {
    const { folder, commit, write, environment } = gitRepository(files);
    commit();
    write({ 'ignored/old.nix': pins(OLD.root.digest) });
    return { name, folder, environment };
  });
  const [{ folder: shop = '', environment = {} } = {}, { folder: billing = '' } = {}] = repositories;
  const before = registry.requests.length;
  const run = () =>
    runInProcess(['bump', `${shop}/images`, `${billing}/images`], testContext({ folder: top, environment }));
  const first = await run();
  expect(first).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('2 pins changed in 2 files') });
  const asked = registry.requests.slice(before).map(({ method, path }) => `${method} ${path}`);
  expect(new Set(asked).size).toBe(asked.length);
  for (const folder of [shop, billing]) {
    expect(readFileSync(join(folder, 'images/web.nix'), 'utf8')).toContain(NEW.root.digest);
    expect(readFileSync(join(folder, 'ignored/old.nix'), 'utf8')).toBe(pins(OLD.root.digest));
  }
});

test('a pullpin.toml of another repository is refused by name, because it would not be used', async () => {
  const { folder, environment } = gitRepository({
    'images.nix': pins(NEW.root.digest),
    'pullpin.toml': 'tags = "major"\n',
  });
  const { exitCode, stderr } = await runInProcess(['bump', '-n', folder], testContext({ environment }));
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`${folder}/pullpin.toml has other settings`)]);
  const own = await runInProcess(['bump', '-n', '.'], testContext({ folder, environment }));
  expect(own.stderr).not.toContain('other settings');
});
