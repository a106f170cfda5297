import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GitSettings } from '../../src/files/git.js';
import { filesAt } from '../../src/files/revision.js';
import { temporaryFolder } from './temporary-folder.js';

/** A git repository in a folder of its own, out of reach of the settings of this machine. */
export interface GitRepository {
  readonly folder: string;
  /** What git needs, and nothing of the user's. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Runs git as a user would, and gives what it prints. */
  git(...args: readonly string[]): string;
  write(files: Readonly<Record<string, string>>): void;
  /** Commits all that is there; gives the commit's id. */
  commit(): string;
}

/** Creates a repository, its files not yet committed. */
export function gitRepository(files: Readonly<Record<string, string>> = {}): GitRepository {
  const folder = temporaryFolder();
  const environment = isolatedEnvironment();
  const repository: GitRepository = {
    folder,
    environment,
    git: (...args) =>
      execFileSync('git', args, { cwd: folder, env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
    write: (more) => writeTree(folder, more),
    commit: () => {
      repository.git('add', '--all');
      repository.git('commit', '--quiet', '--message', 'Files');
      return repository.git('rev-parse', 'HEAD').trim();
    },
  };
  repository.git('init', '--quiet', '--initial-branch=main', '--template=');
  repository.write(files);
  return repository;
}

/** Writes files, and the folders that they need. */
export function writeTree(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function isolatedEnvironment(): Readonly<Record<string, string | undefined>> {
  const person = { NAME: 'Ada', EMAIL: 'ada@example.org' };
  return {
    PATH: process.env['PATH'],
    HOME: temporaryFolder(),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: person.NAME,
    GIT_AUTHOR_EMAIL: person.EMAIL,
    GIT_COMMITTER_NAME: person.NAME,
    GIT_COMMITTER_EMAIL: person.EMAIL,
  };
}

/** One file as it was at a git revision; see `filesAt`. */
export async function fileAt(revision: string, path: string, settings: GitSettings): Promise<string | undefined> {
  return (await filesAt(revision, [path], settings))(path);
}
