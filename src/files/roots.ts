import { lstat, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** Real paths of folders. A file is read or written only below one of them, whatever symbolic links say. */
export type Roots = readonly string[];

/**
 * The roots of a search: `folder`, each folder that is named, and the folder around each file that is named. Names that do not exist are
 * skipped.
 */
export async function searchRoots(paths: readonly string[], folder: string): Promise<Roots> {
  const named = await Promise.all(['.', ...paths].map((path) => folderAround(resolve(folder, path))));
  return [...new Set(named.filter((root) => root !== undefined))];
}

/** Whether a path is one of the roots or lies below one. The path must be real: without symbolic links. */
export function isWithin(roots: Roots, path: string): boolean {
  return roots.some((root) => isBelow(root, path));
}

/** Whether a path is this folder or lies below it, by their names. Both are absolute. */
export function isBelow(folder: string, path: string): boolean {
  const fromFolder = relative(folder, path);
  return fromFolder !== '..' && !fromFolder.startsWith(`..${sep}`) && !isAbsolute(fromFolder);
}

/** The nearest folder, from this one upwards, that holds a `.git`; undefined when there is none. Found without git, by absolute path. */
export async function repositoryAround(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    if (await exists(join(at, '.git'))) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** Whether anything has this name, even a link to nowhere. */
export async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function folderAround(path: string): Promise<string | undefined> {
  try {
    const isFolder = (await stat(path)).isDirectory();
    return await realpath(isFolder ? path : dirname(path));
  } catch {
    return undefined;
  }
}
