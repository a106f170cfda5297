import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GitError } from '../../src/files/git.js';
import { filesAt, RevisionError, resolveRevision } from '../../src/files/revision.js';
import { SourceError } from '../../src/files/source-text.js';
import { fileAt, gitRepository } from '../support/git-repository.js';
import { temporaryFolder } from '../support/temporary-folder.js';

test('files have their earlier bytes after any later change', async () => {
  const old = { 'a.nix': '\ufeff{ }\r\nno end', 'ö "x"\n.nix': 'ä', 'empty.json': '', 'sub/b.nix': 'b\n\n' };
  const repository = gitRepository(old);
  const commit = repository.commit();
  repository.write({ 'a.nix': 'new', 'later.nix': 'later' });
  repository.commit();
  const paths = [...Object.keys(old), 'later.nix', 'never.nix', 'sub', '../outside.nix'];
  for (const revision of [commit, 'HEAD~', 'HEAD^', commit.slice(0, 10)]) {
    const read = await filesAt(revision, paths, repository);
    expect(Object.fromEntries(paths.map((path) => [path, read(path)]))).toEqual({ ...old });
  }
  expect(await fileAt('HEAD', 'a.nix', repository)).toBe('new');
});

test('paths are resolved against the folder, and may be absolute', async () => {
  const { folder, ...repository } = gitRepository({ 'a.nix': 'a', 'sub/b.nix': 'b' });
  repository.commit();
  const settings = { ...repository, folder: join(folder, 'sub') };
  const link = join(temporaryFolder(), 'link');
  symlinkSync(settings.folder, link);
  for (const each of [settings, { ...settings, folder: link }]) {
    const read = await filesAt('HEAD', ['b.nix', '../a.nix'], each);
    expect([read('b.nix'), read('./b.nix'), read('../a.nix'), read(join(each.folder, 'b.nix'))]).toEqual([
      'b',
      'b',
      'a',
      'b',
    ]);
  }
});

test('a symbolic link and a path that was not asked for are undefined', async () => {
  const repository = gitRepository({ 'a.nix': 'a', 'b.nix': 'b' });
  symlinkSync('a.nix', join(repository.folder, 'link.nix'));
  repository.commit();
  const read = await filesAt('HEAD', ['a.nix', 'link.nix'], repository);
  expect([read('a.nix'), read('link.nix'), read('b.nix')]).toEqual(['a', undefined, undefined]);
});

test('a file that was not a source then is an error that names it, when it is read', async () => {
  const repository = gitRepository({ 'a.nix': 'a' });
  repository.write({ 'large.nix': ' '.repeat(16 * 1024 * 1024 + 1) });
  repository.commit();
  const read = await filesAt('HEAD', ['a.nix', 'large.nix'], repository);
  expect(read('a.nix')).toBe('a');
  expect(() => read('large.nix')).toThrow(SourceError);
  expect(() => read('large.nix')).toThrow('HEAD:large.nix is larger than 16 MiB');
});

test('before the first commit, HEAD has no files', async () => {
  const repository = gitRepository({ 'a.nix': 'a' });
  expect(await fileAt('HEAD', 'a.nix', repository)).toBeUndefined();
  await expect(fileAt('HEAD~', 'a.nix', repository)).rejects.toThrow(RevisionError);
});

describe('a revision', () => {
  test.each(['nowhere', 'HEAD~99', '0123456', 'HEAD:a.nix'])(
    'that does not exist is an error: %s',
    async (revision) => {
      const repository = gitRepository({ 'a.nix': '' });
      repository.commit();
      const asked = fileAt(revision, 'a.nix', repository);
      await expect(asked).rejects.toThrow(RevisionError);
      await expect(asked).rejects.toThrow(`the revision ${revision} is not known to git`);
    },
  );

  test.each(['--all', '-n1', '--git-dir', '--output=x'])('is never an option: %s', async (revision) => {
    const repository = gitRepository({ 'a.nix': '' });
    repository.commit();
    await expect(fileAt(revision, 'a.nix', repository)).rejects.toThrow(RevisionError);
  });

  test.each(['', 'a\0b', 'HEAD\nHEAD'])('is a name: %j', async (revision) => {
    await expect(fileAt(revision, 'a.nix', gitRepository())).rejects.toThrow(RevisionError);
  });

  test('may be a tag, and is resolved to its commit', async () => {
    const repository = gitRepository({ 'a.nix': '' });
    const commit = repository.commit();
    repository.git('tag', '--annotate', '--message', 'v1', 'v1');
    expect(await resolveRevision('v1', repository)).toBe(commit);
  });

  test('needs a repository', async () => {
    const { environment } = gitRepository();
    await expect(fileAt('HEAD', 'a.nix', { folder: temporaryFolder(), environment })).rejects.toThrow(GitError);
  });
});
