import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryAround, searchRoots } from '../../files/roots.js';
import { isMissing } from '../../machine/file-errors.js';
import { CONFIGURATION_LIMIT, readTextFile } from '../../machine/regular-file.js';
import { CONFIG_NAME, projectConfig } from './find-files.js';

/**
 * The pullpin.toml files at the top of other repositories in which a command looks for pins, but for those that are the same, byte by byte, as the
 * one of this folder: a run has one configuration.
 */
export async function otherConfigs(words: readonly string[], folder: string): Promise<string[]> {
  const own = await repositoryAround(await realpath(folder));
  const roots = words.length === 0 ? [] : await searchRoots(words, folder);
  const tops = new Set(await Promise.all(roots.map(repositoryAround)));
  const files = [...tops].flatMap((top) => (top === undefined || top === own ? [] : [join(top, CONFIG_NAME)]));
  if (files.length === 0) return [];
  const project = await projectConfig(folder);
  const used = project === undefined ? undefined : await textOf(project);
  const texts = await Promise.all(files.map(textOf));
  return files.filter((_, at) => texts[at] !== undefined && texts[at] !== used);
}

/** The text of a file; undefined where there is none. One that cannot be read has a text that no other file has. */
async function textOf(path: string): Promise<string | undefined> {
  return readTextFile(path, CONFIGURATION_LIMIT).catch((error: unknown) =>
    isMissing(error) ? undefined : `${path} cannot be read`,
  );
}
