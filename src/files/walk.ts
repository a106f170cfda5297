import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { heavyWorkNext } from '../concurrency/heavy-work.js';
import { isSystemError } from '../machine/file-errors.js';
import { type RegularFile, readRegularFile, UnfitFileError } from '../machine/regular-file.js';
import { IgnoreFileError, IgnoreRules } from './ignore-rules.js';
import { exists, repositoryAround } from './roots.js';

// Folders with which version control and package managers fill a tree, ignored or not.
const NEVER = new Set(['.git', '.hg', '.jj', '.svn', 'node_modules']);
const LARGEST_GITIGNORE = 1024 * 1024;

/**
 * The files and symbolic links below a folder, as absolute paths in no order, without what `.gitignore` files ignore: those on the way down,
 * and those between the folder and the top of its repository, unless these ignore the folder itself. Links to folders are links, and
 * are not followed. Like git, it does not enter a repository inside a repository, and skips folders that may not be read. Throws an IgnoreFileError.
 */
export async function* walk(folder: string): AsyncGenerator<string> {
  const repository = await repositoryAround(folder);
  const rules = await rulesAt(folder, repository);
  const left = [{ folder, rules }];
  for (let next = left.pop(); next; next = left.pop()) {
    const entries = await entriesOf(next.folder);
    const within = entries.some(isGitignore) ? await withFileOf(next.folder, next.rules) : next.rules;
    const { folder: parent } = next;
    for (const entry of await heavyWorkNext(undefined, () =>
      entries.filter((each) => !isIgnored(parent, each, within)),
    )) {
      const path = join(parent, entry.name);
      if (!entry.isDirectory()) yield path;
      else if (!(await exists(join(path, '.git')))) left.push({ folder: path, rules: within });
      else if (repository === undefined) left.push({ folder: path, rules: new IgnoreRules(path) });
    }
  }
}

/** The rules of the folders above one, from the top of its repository. */
async function rulesAt(folder: string, repository: string | undefined): Promise<IgnoreRules> {
  const above: string[] = [];
  if (repository !== undefined) {
    for (let at = folder; at !== repository; at = dirname(at)) above.unshift(dirname(at));
  }
  let rules = new IgnoreRules(repository ?? folder);
  for (const each of above) rules = await withFileOf(each, rules);
  return rules.ignores(folder, true) ? new IgnoreRules(folder) : rules;
}

async function withFileOf(folder: string, rules: IgnoreRules): Promise<IgnoreRules> {
  const file = await gitignoreIn(folder);
  return file === undefined ? rules : heavyWorkNext(undefined, () => rules.with(folder, file.bytes.toString('utf8')));
}

/** Like git, takes no pipe, no link and no file that may not be read for rules. */
async function gitignoreIn(folder: string): Promise<RegularFile | undefined> {
  try {
    return await orNone(readRegularFile(join(folder, '.gitignore'), { limit: LARGEST_GITIGNORE, refuseLink: true }));
  } catch (error) {
    if (!(error instanceof UnfitFileError)) throw error;
    if (error.reason === 'not-a-file') return undefined;
    throw new IgnoreFileError(folder, error.message);
  }
}

function isIgnored(folder: string, entry: Dirent, rules: IgnoreRules): boolean {
  return NEVER.has(entry.name) || rules.ignores(join(folder, entry.name), entry.isDirectory());
}

function isGitignore(entry: Dirent): boolean {
  return entry.name === '.gitignore';
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  return (await orNone(readdir(folder, { withFileTypes: true }))) ?? [];
}

/** What is asked of the system, or undefined when it refuses. */
async function orNone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}
