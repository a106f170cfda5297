import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { settleInOrder } from '../../concurrency/settle-in-order.js';
import { PullpinError, printable, UsageError } from '../../errors.js';
import { findFiles } from '../../files/find-files.js';
import type { GitSettings } from '../../files/git.js';
import { filesWithText } from '../../files/git-grep.js';
import { isOfLock } from '../../files/of-lock.js';
import { type ReadText, readSource, readWithin } from '../../files/read-source.js';
import { isBelow, repositoryAround, searchRoots } from '../../files/roots.js';
import { fromProcess, type Machine } from '../../machine/machine.js';
import { dataFormat } from '../../nix/language/data-format.js';
import { loadParsers } from '../../text/load-parsers.js';
import type { ListedProblem, PinFiles, SourceFile } from '../pin-files.js';
import { callersOf } from './callers.js';
import { importedBy } from './imported.js';
import { isOfPlan } from './of-plan.js';

/** The folder in which paths are found, and the signal that stops the search. */
export interface OpenSettings extends Partial<Pick<Machine, 'folder' | 'environment'>> {
  readonly signal?: AbortSignal | undefined;
  /** Whether image strings without a digest count as pins. */
  readonly withUnpinned?: boolean | undefined;
  /** Whether a path may be a file of `pullpin lock`, in which nothing is ever changed. */
  readonly mayNameLocks?: boolean | undefined;
}

/** How many files are read at the same time. */
const AT_ONCE = 16;

/**
 * Finds and reads the files that the paths name. A path may be a file or a folder (the current one when no path is given); a folder gives the
 * `.nix` and `.json` files that git tracks or does not ignore, and the TOML and YAML files that it tracks. Throws a PullpinError for a path that does not exist or cannot be searched.
 */
export async function openPinFiles(paths: readonly string[] = [], settings: OpenSettings = {}): Promise<PinFiles> {
  const { folder, environment, signal, withUnpinned = false, mayNameLocks } = { ...fromProcess(), ...settings };
  const named = await searchRoots(paths, folder);
  const repositories = await repositoriesOf([await realpath(folder), ...named]);
  // A file may import others from anywhere in its repository, and the literals of its pins may be in those.
  const roots = [...named, ...repositories];
  const found = await findFiles(paths, { folder, environment, signal });
  const texts = await settleInOrder(found, AT_ONCE, async (path) => ({ path, text: await readSource(path, folder) }));
  const unreadable = texts.flatMap((result, at) =>
    result.status === 'rejected' ? unreadableFile(found[at] ?? '', result.reason, paths) : [],
  );
  const all = texts.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const locks = all.filter(({ text }) => isOfLock(text)).map(({ path }) => path);
  if (!mayNameLocks) refuseLocks(locks, paths);
  const plans = all.filter(({ text }) => isOfPlan(text)).map(({ path }) => path);
  refusePlans(plans, paths);
  const files = all.filter(({ path }) => !locks.includes(path) && !plans.includes(path));
  const searched = (paths.length === 0 ? ['.'] : paths).map((path) => resolve(folder, path));
  const read = withoutLocks(readWithin(roots, folder));
  const own: SourceFile[] = [];
  for (const repository of repositories.filter((each) => !searched.includes(each))) {
    const targets = files.filter(({ path }) => nearestOf(repositories, resolve(folder, path)) === repository);
    own.push(...(await callersOfFiles({ files: targets, read }, folder, { folder: repository, environment, signal })));
  }
  await loadParsers(files, withUnpinned);
  return { files, locks, unreadable, read, folder, roots, callers: { files: own, read }, withUnpinned };
}

/** The repositories that some folders are in, each once. */
async function repositoriesOf(folders: readonly string[]): Promise<string[]> {
  const around = await Promise.all(folders.map(repositoryAround));
  return [...new Set(around.filter((each) => each !== undefined))];
}

/** The repository that a file is in: the innermost one. */
function nearestOf(repositories: readonly string[], path: string): string | undefined {
  const around = repositories.filter((each) => isBelow(each, path));
  return around.toSorted((one, other) => other.length - one.length)[0];
}

/**
 * Makes a text that is not on disk, such as the text in an editor, the only file of a search. When exactly one file of the repository has the
 * digests of the text, the text replaces that file, and the search includes the callers of that file.
 */
export async function openPinText(path: string, text: string, settings: OpenSettings = {}): Promise<PinFiles> {
  const { folder, environment, signal } = { ...fromProcess(), ...settings };
  const files = [{ path, text }];
  const top = await repositoryAround(await realpath(folder));
  if (top === undefined) return { files };
  const repository = { folder: top, environment, signal };
  const file = await fileWithDigests(text, repository);
  if (file === undefined) return { files };
  const standsFor = new Map([[path, file]]);
  const callers = { files: await callersOf([file], repository), read: withoutLocks(readWithin([top], folder)) };
  return { files, folder, standsFor, callers };
}

async function fileWithDigests(text: string, repository: GitSettings): Promise<string | undefined> {
  const digests = [...new Set(text.match(DIGEST) ?? [])].slice(0, MOST_ASKED);
  const [first = [], ...others] = await Promise.all(
    digests.map((digest) => filesWithText([digest], ['.nix', '.json', '.toml'], repository)),
  );
  const same = first.filter((file) => others.every((each) => each.includes(file)));
  return same.length === 1 ? same[0] : undefined;
}

const DIGEST = /sha256:[0-9a-f]{64}/g;
/** How many digests of the text to search for in the repository. */
const MOST_ASKED = 3;
/** Matches text of pins that other code may pass to a fetcher. */
const MAY_BE_CALLED = /imageDigest|image_digest|sha256:[0-9a-f]{64}/;
/** With more files than this, the search includes no callers: so many files are most of a repository, and have their callers among them. */
const MOST_CALLED = 100;

/** Throws a UsageError where the user names a file of a lock, in which nothing is ever changed. */
function refuseLocks(locks: readonly string[], named: readonly string[]): void {
  const lock = locks.find((path) => named.includes(path) || named.includes(`./${path}`));
  if (lock === undefined) return;
  throw new UsageError(
    `${printable(lock)} is written by pullpin lock: write pullpin lock show, or pullpin lock --update to move its images`,
  );
}

/** Throws a UsageError where the user names a plan, which is for --apply. */
function refusePlans(plans: readonly string[], named: readonly string[]): void {
  const plan = plans.find((path) => named.includes(path) || named.includes(`./${path}`));
  if (plan !== undefined)
    throw new UsageError(`${printable(plan)} is a plan: write pullpin bump --apply with the plans of all shards`);
}

/** A reader that sees no file of a lock: a pin that leads there is not one to be changed. */
function withoutLocks(read: ReadText): ReadText {
  return (path) => {
    const text = read(path);
    return text === undefined || isOfLock(text) ? undefined : text;
  };
}

/** The files of the repository that may pass the pins of these files to a fetcher. */
async function callersOfFiles(
  { files, read }: { readonly files: readonly SourceFile[]; readonly read: ReadText },
  folder: string,
  repository: GitSettings,
): Promise<SourceFile[]> {
  const [called, imported] = [files, importedBy(files, read)].map((all) => pathsOfCalled(all, folder));
  if (!called || called.length > MOST_CALLED) return [];
  const targets = [...called, ...(imported ?? [])].slice(0, MOST_CALLED);
  const searched = new Set(files.map(({ path }) => resolve(folder, path)));
  return (await callersOf(targets, repository)).filter(({ path }) => !searched.has(path));
}

function pathsOfCalled(files: readonly SourceFile[], folder: string): string[] {
  // Nix cannot read YAML.
  const called = files.filter(({ path, text }) => dataFormat(path) !== 'yaml' && MAY_BE_CALLED.test(text));
  return called.map(({ path }) => resolve(folder, path));
}

/** Unreadable data is reported only when the user named the file: a repository may contain large data. */
function unreadableFile(file: string, error: unknown, named: readonly string[]): ListedProblem[] {
  if (!(error instanceof PullpinError)) throw error;
  const isOfInterest = dataFormat(file) === undefined || named.includes(file);
  const message = error.message.startsWith(`${file} `) ? `it ${error.message.slice(file.length + 1)}` : error.message;
  return isOfInterest ? [{ file, line: 1, column: 1, code: 'unreadable', message }] : [];
}
