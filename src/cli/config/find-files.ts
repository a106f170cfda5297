import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { configFolder } from '../../machine/environment.js';
import type { Machine } from '../../machine/machine.js';

/** A configuration file that exists. */
export interface ConfigFile {
  readonly path: string;
  /** `user` for the user's own file, which may set more than the file of a repository. */
  readonly owner: 'user' | 'project';
}

const NAME = 'pullpin.toml';

/** Where the user's own configuration file is, or would be. */
export function userConfigPath({ environment, home }: Pick<Machine, 'environment' | 'home'>): string {
  return join(configFolder(environment, home), 'pullpin', NAME);
}

/**
 * The configuration files for the current folder, the stronger one first: the nearest `pullpin.toml` from the current folder up to the top of its
 * repository (outside of one, in the current folder only), and the user's own.
 */
export async function findConfigFiles(
  machine: Pick<Machine, 'environment' | 'home' | 'folder'>,
): Promise<ConfigFile[]> {
  const own = userConfigPath(machine);
  const project = await projectConfig(machine.folder);
  return [
    ...(project === undefined || project === own ? [] : [{ path: project, owner: 'project' as const }]),
    ...((await isThere(own)) ? [{ path: own, owner: 'user' as const }] : []),
  ];
}

async function projectConfig(folder: string): Promise<string | undefined> {
  let nearest: string | undefined;
  for (let at = folder; ; at = dirname(at)) {
    if (nearest === undefined && (await isThere(join(at, NAME)))) nearest = join(at, NAME);
    if (await isThere(join(at, '.git'))) return nearest;
    if (at === dirname(at)) break;
  }
  const here = join(folder, NAME);
  return nearest === here ? here : undefined;
}

/** Whether a file exists. A broken link counts as well, because it is a mistake that pullpin should report. */
async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
