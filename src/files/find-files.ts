import { lstat, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { PullpinError, printable } from '../errors.js';
import { GitError, type GitSettings, runGit } from './git.js';
import { nearSource, SOURCES, TRACKED_SOURCES } from './near-source.js';
import { isBelow, isWithin, type Roots, searchRoots } from './roots.js';
import { hasStrangeName, SourceError, sourceErrorOf } from './source-text.js';
import { walk } from './walk.js';

/** A named file is a symbolic link that leads out of the folders that are searched. */
export class LinkError extends PullpinError {
  constructor(
    readonly path: string,
    readonly target: string,
  ) {
    super(
      `${printable(path)} is a link to ${printable(target)}, outside the folders that are searched; name that file itself`,
    );
  }
}

/**
 * The sources that the paths stand for, sorted, each once, relative to the folder of the settings when they lie below it and absolute
 * otherwise. The path of a file stands for that file, even when it has another ending or is ignored. The path of a folder stands for the `.nix` and `.json`
 * files in it that git tracks or does not ignore, and for the `.toml`, `.yaml` and `.yml` files that git tracks; no path at all stands for the
 * current folder. Without git the `.gitignore` files are asked.
 *
 * Symbolic links are taken when their target lies below one of the roots (`searchRoots`) and is not found by its own name.
 * Throws a SourceError for a path that does not exist or is something else, and a LinkError for a file that is a link to the outside.
 */
export async function findFiles(paths: readonly string[], settings: GitSettings): Promise<string[]> {
  const folder = await realpath(settings.folder);
  const links = new Links(await searchRoots(paths, folder));
  const found = new Map<string, string>();
  const take = ({ path, target }: Found): void => {
    const known = found.get(target);
    // The name that is not a link is the better one; among links, the first in the alphabet.
    if (known === undefined || (known !== target && (path === target || path < known))) found.set(target, path);
  };
  for (const path of paths.length === 0 ? ['.'] : paths) {
    const absolute = resolve(folder, path);
    if (await isFolder(path, absolute)) {
      const listed = (await listSources(absolute, settings)).map((each) => links.ofFolder(each));
      for (const each of await Promise.all(listed)) if (each) take(each);
    } else {
      take((await links.follow(absolute)) ?? (await refuse(path, absolute)));
    }
  }
  return Array.from(found.values(), (path) => (isBelow(folder, path) ? relative(folder, path) : path)).sort();
}

/** A file by the name that it was found by, and by its real path. */
interface Found {
  readonly path: string;
  readonly target: string;
}

async function isFolder(path: string, absolute: string): Promise<boolean> {
  const found = await stat(absolute).catch(async (cause: unknown) => {
    const error = sourceErrorOf(path, cause);
    if (!(error instanceof SourceError) || error.problem !== 'missing') throw error;
    throw new SourceError(path, 'missing', { cause, near: await nearSource(path, absolute) });
  });
  if (!found.isDirectory() && !found.isFile()) throw new SourceError(path, 'not-a-file');
  return found.isDirectory();
}

/** Finds the real paths of names, and asks for that of each folder once. */
class Links {
  private readonly folders = new Map<string, Promise<string>>();

  constructor(private readonly roots: Roots) {}

  /** A file that exists and, when its path has links, still lies below the roots. */
  async follow(path: string): Promise<Found | undefined> {
    try {
      const named = await lstat(path);
      const target = named.isSymbolicLink() ? await realpath(path) : join(await this.folderOf(path), basename(path));
      const file = named.isSymbolicLink() ? await stat(target) : named;
      return file.isFile() && isWithin(this.roots, target) ? { path, target } : undefined;
    } catch {
      // Tracked by git but deleted, or a link to nowhere.
      return undefined;
    }
  }

  /** The same for a file that a folder has. One whose name is no text cannot be opened, and reading it says so: it may have pins. */
  async ofFolder(path: string): Promise<Found | undefined> {
    return (await this.follow(path)) ?? (hasStrangeName(path) ? { path, target: path } : undefined);
  }

  private folderOf(path: string): Promise<string> {
    const folder = dirname(path);
    const known = this.folders.get(folder) ?? realpath(folder);
    this.folders.set(folder, known);
    return known;
  }
}

async function refuse(path: string, absolute: string): Promise<never> {
  throw new LinkError(path, await realpath(absolute));
}

/** The sources in a folder. When git knows no file in it, the whole folder is ignored; it was named all the same, so its files are searched. */
async function listSources(folder: string, settings: GitSettings): Promise<string[]> {
  const known = await listKnownToGit({ ...settings, folder });
  if (known.length > 0)
    return known.flatMap(({ path, isTracked }) =>
      SOURCES.test(path) || (isTracked && TRACKED_SOURCES.test(path)) ? [path] : [],
    );
  const sources: string[] = [];
  for await (const path of walk(folder)) if (SOURCES.test(path)) sources.push(path);
  return sources;
}

/** The files below a folder that git tracks or does not ignore; none when there is no git or no repository. */
async function listKnownToGit(
  settings: GitSettings,
): Promise<{ readonly path: string; readonly isTracked: boolean }[]> {
  try {
    const args = ['ls-files', '-z', '-t', '--cached', '--others', '--exclude-standard'];
    const output = (await runGit(args, settings)).toString('utf8');
    // Each line is a letter for the state, a space, and the path.
    return [...new Set(output.split('\0'))].filter(Boolean).map((line) => {
      return { path: join(settings.folder, line.slice(2)), isTracked: !line.startsWith('?') };
    });
  } catch (error) {
    if (error instanceof GitError) return [];
    throw error;
  }
}
