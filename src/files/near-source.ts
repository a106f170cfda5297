import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { nearestWord } from '../suggestion.js';

/** Files that Nix reads, mostly. */
export const SOURCES = /\.(?:nix|json)$/;
/** Files that may be anything; git tracks those that belong to the repository. */
export const TRACKED_SOURCES = /\.(?:toml|ya?ml)$/;

/** Whether a name is that of a source: a file in which pins are looked for. */
export function isSourceName(name: string): boolean {
  return SOURCES.test(name) || TRACKED_SOURCES.test(name);
}

/** The source or the folder that a path was probably meant to be; undefined when nothing beside it has such a name. */
export async function nearSource(path: string, absolute: string): Promise<string | undefined> {
  const entries = await readdir(dirname(absolute), { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory() || isSourceName(entry.name)).map(({ name }) => name);
  const near = nearestWord(basename(absolute), names);
  return near === undefined ? undefined : `${path.slice(0, path.lastIndexOf('/', path.length - 2) + 1)}${near}`;
}
