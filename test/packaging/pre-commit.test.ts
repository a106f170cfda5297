import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { startDockerRegistry } from '../support/docker-registry.js';
import { gitRepository } from '../support/git-repository.js';
import { image } from '../support/images.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HOOKS: readonly { id: string; entry: string; language: string }[] = parse(
  readFileSync(join(ROOT, '.pre-commit-hooks.yaml'), 'utf8'),
);

const registry = await startDockerRegistry();
const made = (text: string) =>
  image({ config: JSON.stringify({ architecture: 'amd64', os: 'linux' }), layers: [{ bytes: Buffer.from(text) }] });
const [OLD, NEW, GONE] = [made('old'), made('new'), made('gone')];

/** A folder with a program pullpin, for the PATH: pre-commit runs the one that is installed. */
const bin = temporaryFolder();
symlinkSync(join(ROOT, 'dist/main.cjs'), join(bin, 'pullpin'));
const home = temporaryFolder();
const hooks = gitRepository({ '.pre-commit-hooks.yaml': readFileSync(join(ROOT, '.pre-commit-hooks.yaml'), 'utf8') });
const rev = hooks.commit();

/** A repository with a pin of `name:1`, and with one of the hooks. Its first commit is still to be made. */
async function withHook(id: string, name: string, digest: string) {
  await registry.push(name, '1', OLD);
  await registry.push(name, '1', NEW);
  const pin = (at: string) =>
    `pullImage { imageName = "${registry.host}/${name}"; imageDigest = "${at}"; finalImageTag = "1"; sha256 = "";\n` +
    '  os = "linux"; arch = "amd64"; }\n';
  const repos = [{ repo: hooks.folder, rev, hooks: [{ id, language: 'system' }] }];
  const repository = gitRepository({ 'pin.nix': pin(digest), '.pre-commit-config.yaml': stringify({ repos }) });
  const run = async () => {
    repository.git('add', '--all');
    const env = { ...repository.environment, HOME: home, PATH: [bin, process.env['PATH']].join(delimiter) };
    const args = ['run', '--all-files'];
    const options = { cwd: repository.folder, env, extendEnv: false, reject: false, all: true } as const;
    const { all, exitCode } = await execa('pre-commit', args, options);
    return { all, exitCode };
  };
  return { ...repository, pin, run, read: () => readFileSync(join(repository.folder, 'pin.nix'), 'utf8') };
}

describe('pre-commit runs the hooks', () => {
  test('pullpin-hashes, which corrects the hash of a changed pin and then passes, also before the first commit', async () => {
    const { run, read, commit, write } = await withHook('pullpin-hashes', 'hashes', OLD.root.digest);
    expect(await run()).toMatchObject({ exitCode: 1, all: expect.stringContaining('files were modified') });
    const hashOf = (text: string) => /sha256 = "([^"]+)"/.exec(text)?.[1];
    const first = read();
    expect(hashOf(first)).toMatch(/^sha256-[\w+/]{43}=$/);
    expect(await run()).toMatchObject({ exitCode: 0 });
    commit();
    write({ 'pin.nix': first.replace(OLD.root.digest, NEW.root.digest) });
    expect((await run()).exitCode).toBe(1);
    expect(read()).toContain(NEW.root.digest);
    expect(hashOf(read())).not.toBe(hashOf(first));
    expect(await run()).toMatchObject({ exitCode: 0 });
  });

  test('pullpin-check, which fails for what is wrong, and not for what is outdated', async () => {
    const { run, write, read, pin } = await withHook('pullpin-check', 'check', OLD.root.digest);
    expect(await run()).toMatchObject({ exitCode: 1, all: expect.stringContaining('[placeholder-hash]') });
    write({ 'pin.nix': pin(OLD.root.digest).replace('""', `"${'0'.repeat(51)}1"`) });
    expect(await run()).toMatchObject({ exitCode: 0 });
    write({ 'pin.nix': read().replace(OLD.root.digest, GONE.root.digest) });
    expect(await run()).toMatchObject({ exitCode: 1, all: expect.stringContaining('[dead-digest]') });
  });

  test('pullpin-outdated, which fails for a pin whose tag has moved', async () => {
    const { run, write, read } = await withHook('pullpin-outdated', 'outdated', OLD.root.digest);
    expect(await run()).toMatchObject({ exitCode: 1, all: expect.stringContaining('1 pin outdated') });
    write({
      'pin.nix': read()
        .replace(OLD.root.digest, NEW.root.digest)
        .replace('""', `"${'0'.repeat(51)}1"`),
    });
    expect(await run()).toMatchObject({ exitCode: 0 });
  });
});

test('the recipe names each hook with what it runs', () => {
  const page = readFileSync(join(ROOT, 'docs/recipes/pre-commit.md'), 'utf8');
  const rows = Array.from(page.matchAll(/^\| `(pullpin-[^`]+)` \| `([^`]+)` \|/gm), ([, id, entry]) => ({ id, entry }));
  expect(rows).toEqual(HOOKS.map(({ id, entry }) => ({ id, entry })));
  expect(HOOKS.map(({ language }) => language)).toEqual(HOOKS.map(() => 'node'));
});

/** What `npm pack` prints for a package with this repository's settings whose build prints something. */
async function packed(settings: string): Promise<string> {
  const folder = join(temporaryFolder(), 'package');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'x', version: '1.0.0', scripts: { prepack: 'echo built' } }),
  );
  writeFileSync(join(folder, '.npmrc'), settings);
  return (await execa('npm', ['pack'], { cwd: folder })).stdout;
}

test('npm pack prints the name of the archive alone, which pre-commit takes for it', async () => {
  const settings = readFileSync(join(ROOT, '.npmrc'), 'utf8');
  expect(await packed(settings)).toBe('x-1.0.0.tgz');
  expect(await packed('')).not.toBe('x-1.0.0.tgz');
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(scripts.prepack).toBeDefined();
});

// Takes minutes: npm installs all packages that the build needs, as it does for everybody who uses the hooks.
test.runIf(process.env['LONG_TESTS'])(
  'pre-commit installs pullpin from its repository, and runs it',
  async () => {
    const { folder, commit } = gitRepository({ 'empty.nix': '{ }\n' });
    commit();
    const copy = join(temporaryFolder(), 'repository');
    const { stdout } = await execa('git', ['ls-files', '-z'], { cwd: ROOT });
    for (const path of stdout.split('\0').filter((each) => each !== ''))
      cpSync(join(ROOT, path), join(copy, path), { recursive: true });
    for (const args of [
      ['init', '--quiet'],
      ['add', '--all'],
    ])
      await execa('git', args, { cwd: copy });
    const author = ['-c', 'user.name=x', '-c', 'user.email=x@example.org'];
    await execa('git', [...author, 'commit', '--quiet', '--message', 'x'], { cwd: copy });
    const args = ['try-repo', copy, 'pullpin-hashes', '--all-files', '--verbose'];
    const { stdout: printed } = await execa('pre-commit', args, { cwd: folder, env: { HOME: temporaryFolder() } });
    expect(printed).toContain('pullpin looked at 1 file');
  },
  600_000,
);
