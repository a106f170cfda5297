import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { findFiles } from '../../src/files/find-files.js';
import { GitError, runGit } from '../../src/files/git.js';
import { fileAt, type GitRepository, gitRepository } from '../support/git-repository.js';
import { temporaryFolder } from '../support/temporary-folder.js';

describe('a repository whose configuration names programs', () => {
  let repository: GitRepository;
  let sprung: string;
  let trap: string;

  beforeEach(() => {
    repository = gitRepository({ 'a.nix': 'old' });
    repository.commit();
    sprung = join(temporaryFolder(), 'sprung');
    trap = join(temporaryFolder(), 'trap');
    writeFileSync(trap, `#!/bin/sh\ntouch '${sprung}'\nexit 1\n`);
    chmodSync(trap, 0o755);
  });

  /** Everything that pullpin asks of git. */
  async function useGit(): Promise<void> {
    expect(await findFiles([], repository)).toContain('a.nix');
    expect(await fileAt('HEAD', 'a.nix', repository)).toBe('old');
  }

  /** What a user's own git does, to show that the trap is one. */
  function careless(...args: string[]): void {
    try {
      repository.git(...args);
    } catch {
      // Some of these traps make git fail.
    }
    expect(existsSync(sprung), `the trap is sprung by git ${args.join(' ')}`).toBe(true);
  }

  test('no monitor of the file system is run', async () => {
    repository.git('config', 'core.fsmonitor', trap);
    await useGit();
    expect(existsSync(sprung)).toBe(false);
    careless('status');
  });

  test('no hook is run', async () => {
    mkdirSync(join(repository.folder, '.git', 'hooks'));
    writeFileSync(join(repository.folder, '.git', 'hooks', 'post-index-change'), `#!/bin/sh\ntouch '${sprung}'\n`);
    chmodSync(join(repository.folder, '.git', 'hooks', 'post-index-change'), 0o755);
    repository.git('config', 'core.untrackedCache', 'true');
    await useGit();
    expect(existsSync(sprung)).toBe(false);
    repository.write({ 'b.nix': '' });
    careless('add', 'b.nix');
  });

  test('no filter, no textconv and no external diff is run', async () => {
    repository.write({ '.gitattributes': '*.nix filter=trap diff=trap\n', 'a.nix': 'new' });
    for (const name of ['filter.trap.clean', 'filter.trap.smudge', 'diff.trap.textconv', 'diff.external']) {
      repository.git('config', name, trap);
    }
    await useGit();
    expect(existsSync(sprung)).toBe(false);
    careless('diff');
  });

  test('nothing is fetched for a partial clone, by any command', async () => {
    repository.git('config', 'core.repositoryFormatVersion', '1');
    repository.git('config', 'extensions.partialClone', 'origin');
    repository.git('config', 'remote.origin.url', `ext::${trap}`);
    repository.git('config', 'protocol.ext.allow', 'always');
    const blob = repository.git('rev-parse', 'HEAD:a.nix').trim();
    const object = join('.git', 'objects', blob.slice(0, 2), blob.slice(2));
    repository.git('config', 'alias.lose', `!rm -f ${object}`);
    repository.git('lose');
    await expect(fileAt('HEAD', 'a.nix', repository)).rejects.toThrow(/partial clone|promisor/);
    expect(existsSync(sprung)).toBe(false);
    careless('cat-file', 'blob', blob);
  });

  test('a folder that only looks like a bare repository does not count as one', async () => {
    const folder = join(repository.folder, 'bare');
    repository.git('clone', '--quiet', '--bare', '.', 'bare');
    writeFileSync(join(folder, 'b.nix'), '');
    await expect(runGit(['rev-parse', '--git-dir'], { ...repository, folder })).rejects.toThrow(/bare/);
    expect(await findFiles([], { ...repository, folder })).toEqual(['b.nix']);
  });
});

test('git has the environment that is passed in, and no other', async () => {
  const folder = temporaryFolder();
  const git = join(folder, 'git');
  writeFileSync(git, '#!/bin/sh\nenv\n');
  chmodSync(git, 0o755);
  process.env['OTHER'] = 'leaked';
  const environment = { PATH: `${folder}${delimiter}${process.env['PATH']}`, GIVEN: 'given', GIT_DIR: '/elsewhere' };
  const seen = (await runGit(['status'], { folder, environment })).toString().split('\n');
  delete process.env['OTHER'];
  expect(seen).toEqual(expect.arrayContaining(['GIVEN=given', 'GIT_OPTIONAL_LOCKS=0', 'GIT_ALLOW_PROTOCOL=']));
  expect(seen.filter((line) => /^(OTHER|GIT_DIR)=/.test(line))).toEqual([]);
});

describe('errors', () => {
  test('where there is no git', async () => {
    const folder = temporaryFolder();
    const asked = runGit(['status'], { folder, environment: { PATH: '' } });
    await expect(asked).rejects.toThrow(GitError);
    await expect(asked).rejects.toThrow(`git in ${folder}: it is not on the PATH`);
  });

  test("are in git's own words, in English and on one line", async () => {
    const folder = temporaryFolder();
    const { environment } = gitRepository();
    const asked = runGit(['rev-parse', 'HEAD'], {
      folder,
      environment: { ...environment, LANGUAGE: 'de', LC_ALL: 'de_DE.UTF-8' },
    });
    await expect(asked).rejects.toThrow(/^git in [^\n]*: not a git repository[^\n]*$/);
  });

  test('an abortion ends it with its reason', async () => {
    const repository = gitRepository();
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(runGit(['status'], { ...repository, signal })).rejects.toThrow('enough');
    await expect(findFiles([], { ...repository, signal })).rejects.toThrow('enough');
  });
});

describe('a pipe in the place of a file that git reads', () => {
  test.each(['.gitignore', '.git/config', '.git/HEAD', '.git/index', '.git/info/exclude'])('%s', async (name) => {
    const repository = gitRepository({ 'a.nix': 'old' });
    repository.commit();
    const path = join(repository.folder, name);
    rmSync(path, { force: true });
    mkdirSync(dirname(path), { recursive: true });
    execFileSync('mkfifo', [path]);
    const finding = findFiles([], { ...repository, patience: 300 });
    await expect(finding).rejects.toThrow(
      /^git in .*: it printed nothing for 0.3 seconds and was stopped; is one of the/,
    );
  });

  test('an included configuration', async () => {
    const repository = gitRepository({ 'a.nix': 'old' });
    repository.commit();
    repository.git('config', 'include.path', '../pipe');
    execFileSync('mkfifo', [join(repository.folder, 'pipe')]);
    await expect(fileAt('HEAD', 'a.nix', { ...repository, patience: 300 })).rejects.toThrow(/printed nothing for/);
  });
});
