import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { exists, repositoryAround, searchRoots } from '../../files/roots.js';
import type { Context } from '../terminal/context.js';

/**
 * The pullpin.toml files at the top of other repositories in which a command looks for pins. A run has one configuration, that of the folder it runs
 * in.
 */
export async function unusedConfigs(words: readonly string[], { folder }: Context): Promise<string[]> {
  const own = await repositoryAround(await realpath(folder));
  const roots = words.length === 0 ? [] : await searchRoots(words, folder);
  const tops = new Set(await Promise.all(roots.map(repositoryAround)));
  const files = [...tops].flatMap((top) => (top === undefined || top === own ? [] : [join(top, 'pullpin.toml')]));
  const there = await Promise.all(files.map(exists));
  return files.filter((_, at) => there[at]);
}
