import { posix, relative, resolve, sep } from 'node:path';
import { PullpinError, printable } from '../errors.js';
import { GitError, type GitSettings, runGit } from './git.js';
import type { ReadText } from './read-source.js';
import { decodeSource, SIZE_LIMIT, SourceError } from './source-text.js';

/** A git revision that does not exist, or cannot be read here. */
export class RevisionError extends PullpinError {
  constructor(
    readonly revision: string,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`the revision ${printable(revision, 100)} ${problem}`, options);
  }
}

/**
 * Reads files as they were at a git revision, all at once. The reader gives undefined for a path that was not a regular file then, and for one
 * that was not among `paths`; it throws a SourceError for a file that is not a source. Paths are resolved against the folder of the settings.
 * Throws a RevisionError when there is no such commit, and a GitError when there is no repository or git fails.
 */
export async function filesAt(revision: string, paths: readonly string[], settings: GitSettings): Promise<ReadText> {
  const commit = await resolveRevision(revision, settings);
  const prefix = text(await runGit(['rev-parse', '--show-prefix'], settings)).replace(/\n$/, '');
  const tree = await listTree(commit, settings);
  const { folder } = settings;
  // The way to the file, by names: the folder may itself be reached through links that git has resolved.
  const idOf = (path: string): string | undefined =>
    tree.get(posix.join(prefix, relative(folder, resolve(folder, path)).split(sep).join('/')));
  const ids = new Set(paths.map(idOf).filter((id) => id !== undefined));
  const blobs = await readBlobs([...ids], settings, revision);
  return (path) => {
    const bytes = blobs.get(idOf(path) ?? '');
    if (bytes === undefined) return undefined;
    const name = `${revision}:${path}`;
    if (bytes.length > SIZE_LIMIT) throw new SourceError(name, 'too-large');
    return decodeSource(bytes, name);
  };
}

/**
 * The commit that a revision names (gitrevisions(7)), as an object id; for HEAD before the first commit, the id of a tree without files. Throws a
 * RevisionError when there is none.
 */
export async function resolveRevision(revision: string, settings: GitSettings): Promise<string> {
  if (/^$|\p{Cc}/u.test(revision)) throw new RevisionError(revision, 'is not a valid name');
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  try {
    return text(await runGit(args, settings)).trim();
  } catch (cause) {
    if (!(cause instanceof GitError) || cause.exitCode !== 1) throw cause;
    if (revision === 'HEAD') return text(await runGit(['hash-object', '-t', 'tree', '--stdin'], settings, '')).trim();
    const advice = 'check its name; a shallow clone may lack it (git fetch --unshallow)';
    throw new RevisionError(revision, `is not known to git in ${printable(settings.folder)}; ${advice}`, { cause });
  }
}

/** The object ids of all regular files of a commit, by their paths from the top of the repository. */
async function listTree(commit: string, settings: GitSettings): Promise<ReadonlyMap<string, string>> {
  const output = text(await runGit(['ls-tree', '-r', '-z', '--full-tree', commit], settings));
  const entries = output.split('\0').map((entry) => /^100\d{3} blob ([0-9a-f]+)\t(.+)$/s.exec(entry));
  return new Map(entries.flatMap((entry) => (entry?.[1] && entry[2] ? [[entry[2], entry[1]]] : [])));
}

/** The contents of blobs by their ids, as git-cat-file(1) prints them in a batch. */
async function readBlobs(
  ids: readonly string[],
  settings: GitSettings,
  revision: string,
): Promise<Map<string, Buffer>> {
  const blobs = new Map<string, Buffer>();
  if (ids.length === 0) return blobs;
  const output = await runGit(['cat-file', '--batch'], settings, ids.map((id) => `${id}\n`).join(''));
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(0x0a, at);
    const [, id, size] = /^([0-9a-f]+) blob (\d+)$/.exec(output.toString('latin1', at, end)) ?? [];
    if (id === undefined) {
      throw new RevisionError(
        revision,
        'has files that are not in this partial clone; fetch them (git fetch --refetch)',
      );
    }
    const start = end + 1;
    at = start + Number(size) + 1;
    blobs.set(id, output.subarray(start, at - 1));
  }
  return blobs;
}

function text(bytes: Buffer): string {
  return bytes.toString('utf8');
}
