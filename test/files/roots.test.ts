import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isWithin, repositoryAround, searchRoots } from '../../src/files/roots.js';
import { writeTree } from '../support/git-repository.js';
import { temporaryFolder } from '../support/temporary-folder.js';

test('the roots are the folder, folders that are named, and those around files that are named; all real, each once', async () => {
  const parent = temporaryFolder();
  writeTree(parent, { 'here/a.nix': '', 'there/b.nix': '', 'elsewhere/c.nix': '' });
  symlinkSync('there', join(parent, 'link'));
  const roots = await searchRoots(['a.nix', '.', '../link', '../elsewhere/c.nix', '../missing'], join(parent, 'here'));
  expect(roots).toEqual([join(parent, 'here'), join(parent, 'there'), join(parent, 'elsewhere')]);
});

test.each<[string, boolean]>([
  ['/a/b', true],
  ['/a/b/c', true],
  ['/a/b/..c', true],
  ['/a/bc', false],
  ['/a', false],
  ['/', false],
])('%s is within /a/b: %s', (path, expected) => {
  expect(isWithin(['/x', '/a/b'], path)).toBe(expected);
  expect(isWithin([], path)).toBe(false);
  expect(isWithin(['/'], path)).toBe(true);
});

test('a repository is the nearest folder upwards with a .git, be that a folder or the file of a worktree', async () => {
  const folder = temporaryFolder();
  writeTree(folder, { '.git/HEAD': '', 'sub/worktree/.git': 'gitdir: elsewhere', 'sub/worktree/x/a.nix': '' });
  mkdirSync(join(folder, 'sub/other'));
  expect(await repositoryAround(join(folder, 'sub/other'))).toBe(folder);
  expect(await repositoryAround(folder)).toBe(folder);
  expect(await repositoryAround(join(folder, 'sub/worktree/x'))).toBe(join(folder, 'sub/worktree'));
  expect(await repositoryAround('/')).toBeUndefined();
});
