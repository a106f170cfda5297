import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findFiles, LinkError } from '../../src/files/find-files.js';
import { SourceError } from '../../src/files/source-text.js';
import { gitRepository, writeTree } from '../support/git-repository.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const NO_GIT = { PATH: '' };

function treeWithoutGit(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  writeTree(folder, files);
  return folder;
}

describe('without paths', () => {
  test('finds what git tracks and what it does not ignore, sorted', async () => {
    const repository = gitRepository({
      'b.nix': '',
      'a/z.json': '{}',
      'a/notes.md': '',
      'a.nix.bak': '',
      '.gitignore': 'secret/\n*.gen.nix\n',
      'x.gen.nix': '',
      'secret/s.nix': '',
    });
    repository.commit();
    repository.write({ 'new.nix': '', 'Zebra.nix': '' });
    expect(await findFiles([], repository)).toEqual(['Zebra.nix', 'a/z.json', 'b.nix', 'new.nix']);
  });

  test('finds YAML and TOML only where git tracks them', async () => {
    const repository = gitRepository({ 'a.yaml': '', 'b/c.yml': '', 'd.toml': '', 'e.nix': '' });
    repository.commit();
    repository.write({ 'new.yaml': '', 'new.toml': '', 'new.nix': '', 'b/new.json': '' });
    const found = ['a.yaml', 'b/c.yml', 'b/new.json', 'd.toml', 'e.nix', 'new.nix'];
    expect(await findFiles([], repository)).toEqual(found);
    expect(await findFiles(['new.yaml', 'new.toml'], repository)).toEqual(['new.toml', 'new.yaml']);
    const folder = treeWithoutGit({ 'a.yaml': '', 'b.toml': '', 'c.nix': '' });
    expect(await findFiles([], { folder, environment: NO_GIT })).toEqual(['c.nix']);
  });

  test('finds a file that is tracked although it is ignored, and none that is tracked but deleted', async () => {
    const repository = gitRepository({ 'kept.nix': '', 'gone.nix': '' });
    repository.commit();
    repository.write({ '.gitignore': '*.nix\n' });
    rmSync(join(repository.folder, 'gone.nix'));
    expect(await findFiles([], repository)).toEqual(['kept.nix']);
  });

  test('finds names with spaces, quotes, line feeds and letters beyond ASCII', async () => {
    const names = ['a b.nix', 'c"d.nix', 'e\nf.nix', 'ä/ö 🐋.json', '-n.nix', ':(top)x.nix'];
    const repository = gitRepository(Object.fromEntries(names.map((name) => [name, ''])));
    expect(await findFiles([], repository)).toEqual([...names].sort());
  });

  test('stays below the folder, inside of a repository', async () => {
    const { folder, environment } = gitRepository({ 'a.nix': '', 'hosts/b.nix': '', 'hosts/x/c.nix': '' });
    expect(await findFiles([], { folder: join(folder, 'hosts'), environment })).toEqual(['b.nix', 'x/c.nix']);
  });

  test('finds a file in conflict once', async () => {
    const repository = gitRepository({ 'a.nix': 'base' });
    repository.commit();
    repository.git('switch', '--quiet', '--create', 'side');
    repository.write({ 'a.nix': 'side' });
    repository.commit();
    repository.git('switch', '--quiet', 'main');
    repository.write({ 'a.nix': 'main' });
    repository.commit();
    expect(() => repository.git('merge', 'side')).toThrow();
    expect(await findFiles([], repository)).toEqual(['a.nix']);
  });

  test('does not enter a repository within the repository', async () => {
    const outer = gitRepository({ 'a.nix': '' });
    outer.write({ 'inner/b.nix': '' });
    outer.git('init', '--quiet', 'inner');
    expect(await findFiles([], outer)).toEqual(['a.nix']);
    expect(await findFiles([], { ...outer, environment: NO_GIT })).toEqual(['a.nix']);
    expect(await findFiles(['inner'], outer)).toEqual(['inner/b.nix']);
  });

  test('searches the folder that it is called in, also when that one is ignored', async () => {
    const { folder, environment } = gitRepository({ '.gitignore': 'out\n', 'out/a.nix': '', 'out/b/c.nix': '' });
    expect(await findFiles([], { folder: join(folder, 'out'), environment })).toEqual(['a.nix', 'b/c.nix']);
    expect(await findFiles(['out'], { folder, environment: NO_GIT })).toEqual(['out/a.nix', 'out/b/c.nix']);
  });

  test.each([
    ['GIT_DIR', '/nowhere'],
    ['GIT_INDEX_FILE', '/nowhere'],
    ['GIT_WORK_TREE', '/'],
  ])('asks the repository of the folder, whatever %s says', async (name, value) => {
    const repository = gitRepository({ '.git/info/exclude': 'b.nix\n', 'a.nix': '', 'b.nix': '' });
    const environment = { ...repository.environment, [name]: value };
    expect(await findFiles([], { ...repository, environment })).toEqual(['a.nix']);
  });
});

describe('without git', () => {
  const files = {
    '.gitignore': '/out\n*.gen.nix\n',
    'a.nix': '',
    'a.gen.nix': '',
    'out/b.nix': '',
    'sub/out/c.nix': '',
    'sub/.gitignore': '!keep.gen.nix\n',
    'sub/keep.gen.nix': '',
    'node_modules/x/package.json': '{}',
  };
  const found = ['a.nix', 'sub/keep.gen.nix', 'sub/out/c.nix'];

  test('respects the .gitignore of every level, and skips node_modules', async () => {
    expect(await findFiles([], { folder: treeWithoutGit(files), environment: NO_GIT })).toEqual(found);
  });

  test('does so when git is installed but there is no repository', async () => {
    const { environment } = gitRepository();
    expect(await findFiles([], { folder: treeWithoutGit(files), environment })).toEqual(found);
  });

  test('does not follow links to folders: results, and circles', async () => {
    const folder = treeWithoutGit({ 'a.nix': '' });
    const store = treeWithoutGit({ 'b.nix': '' });
    symlinkSync(store, join(folder, 'result'));
    symlinkSync('.', join(folder, 'circle'));
    expect(await findFiles([], { folder, environment: NO_GIT })).toEqual(['a.nix']);
  });

  test('searches each repository below a folder outside of any repository, with its own rules', async () => {
    const folder = treeWithoutGit({ '.gitignore': 'b.nix\n', 'one/.git/HEAD': '', 'one/b.nix': '', 'b.nix': '' });
    expect(await findFiles([], { folder, environment: NO_GIT })).toEqual(['one/b.nix']);
  });
});

describe('paths', () => {
  test('a named file is read even when it is ignored or has another ending, and once when it is named twice', async () => {
    const repository = gitRepository({ '.gitignore': 'a.nix\n', 'a.nix': '', 'pins.txt': '', 'b.nix': '' });
    expect(await findFiles(['pins.txt', 'a.nix', './a.nix', 'b.nix', '.'], repository)).toEqual([
      'a.nix',
      'b.nix',
      'pins.txt',
    ]);
  });

  test('a file outside the folder is named by its absolute path', async () => {
    const { folder, environment } = gitRepository({ 'a.nix': '', 'hosts/b.nix': '' });
    const settings = { folder: join(folder, 'hosts'), environment };
    expect(await findFiles(['../a.nix', '.'], settings)).toEqual([join(folder, 'a.nix'), 'b.nix']);
    expect(await findFiles([folder], settings)).toEqual([join(folder, 'a.nix'), 'b.nix']);
  });

  test.each(['missing.nix', 'a.nix/b.nix', 'sub/', ''])('a missing one is an error that names it: %j', async (path) => {
    const repository = gitRepository({ 'a.nix': '' });
    const search = findFiles([path === '' ? 'dangling' : path], repository);
    symlinkSync('nowhere', join(repository.folder, 'dangling'));
    await expect(search).rejects.toThrow(SourceError);
    await expect(search).rejects.toThrow(`${path || 'dangling'} does not exist`);
  });

  test('a pipe is not waited for', async () => {
    const repository = gitRepository();
    execFileSync('mkfifo', [join(repository.folder, 'pipe.nix')]);
    await expect(findFiles(['pipe.nix'], repository)).rejects.toThrow('pipe.nix is neither a file nor a folder');
    expect(await findFiles([], { ...repository, environment: NO_GIT })).toEqual([]);
  });
});

describe('symbolic links', () => {
  test('a link is read when its target is inside and the search finds no other name of the target', async () => {
    const repository = gitRepository({ '.gitignore': 'hidden\n', 'hidden/target.nix': '', 'z.nix': '' });
    symlinkSync('hidden/target.nix', join(repository.folder, 'link-b.nix'));
    symlinkSync('hidden/target.nix', join(repository.folder, 'link-a.nix'));
    symlinkSync('z.nix', join(repository.folder, 'also-z.nix'));
    expect(await findFiles([], repository)).toEqual(['link-a.nix', 'z.nix']);
    expect(await findFiles([], { ...repository, environment: NO_GIT })).toEqual(['link-a.nix', 'z.nix']);
  });

  test('a link out of the folder is skipped, and is an error when it is named', async () => {
    const outside = treeWithoutGit({ 'secret.json': '{}' });
    const repository = gitRepository({ 'a.nix': '' });
    symlinkSync(join(outside, 'secret.json'), join(repository.folder, 'link.json'));
    expect(await findFiles([], repository)).toEqual(['a.nix']);
    await expect(findFiles(['link.json'], repository)).rejects.toThrow(LinkError);
    await expect(findFiles(['link.json'], repository)).rejects.toThrow(join(outside, 'secret.json'));
    expect(await findFiles(['link.json', outside], repository)).toEqual([join(outside, 'secret.json')]);
  });

  test('a file that git tracks is not reached through a folder that has become a link', async () => {
    const outside = treeWithoutGit({ 'a.nix': '' });
    const repository = gitRepository({ 'sub/a.nix': '', 'b.nix': '' });
    repository.commit();
    rmSync(join(repository.folder, 'sub'), { recursive: true });
    symlinkSync(outside, join(repository.folder, 'sub'));
    expect(await findFiles([], repository)).toEqual(['b.nix']);
  });

  test('a folder that is named may be a link: its target is a root', async () => {
    const outside = treeWithoutGit({ 'a.nix': '', 'sub/b.nix': '' });
    const folder = temporaryFolder();
    symlinkSync(outside, join(folder, 'link'));
    const found = await findFiles(['link'], { folder, environment: NO_GIT });
    expect(found).toEqual(['link/a.nix', 'link/sub/b.nix']);
  });

  test('the folder itself may be reached through a link', async () => {
    const real = treeWithoutGit({ 'a.nix': '' });
    mkdirSync(join(real, 'sub'));
    const link = join(temporaryFolder(), 'link');
    symlinkSync(real, link);
    expect(await findFiles([join(link, 'a.nix'), join(real, 'a.nix')], { folder: link, environment: NO_GIT })).toEqual([
      'a.nix',
    ]);
  });
});
