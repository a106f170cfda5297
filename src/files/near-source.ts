import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { nearestWord } from '../suggestion.js';

/** Files that Nix reads, mostly. */
export const SOURCES = /\.(?:nix|json)$/;
/** Files that may be anything; git tracks those that belong to the repository. */
export const TRACKED_SOURCES = /\.(?:toml|ya?ml)$/;

/** The source or the folder that a path was probably meant to be; undefined when nothing beside it has such a name. */
export async function nearSource(path: string, absolute: string): Promise<string | undefined> {
  const entries = await readdir(dirname(absolute), { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isDirectory() || SOURCES.test(entry.name) || TRACKED_SOURCES.test(entry.name))
    .map(({ name }) => name);
  const near = nearestWord(basename(absolute), names);
  return near === undefined ? undefined : `${path.slice(0, path.lastIndexOf('/', path.length - 2) + 1)}${near}`;
}
