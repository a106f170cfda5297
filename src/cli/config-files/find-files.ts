import { dirname, join } from 'node:path';
import { exists, repositoryAround } from '../../files/roots.js';
import { configFolder } from '../../machine/environment.js';
import type { Machine } from '../../machine/machine.js';

/** A configuration file that exists. */
export interface ConfigFile {
  readonly path: string;
  /** `user` for the user's own file, which may set more than the file of a repository. */
  readonly owner: 'user' | 'project';
}

/** The name of configuration files. */
export const CONFIG_NAME = 'pullpin.toml';

/** Where the user's own configuration file is, or would be. */
export function userConfigPath({ environment, home }: Pick<Machine, 'environment' | 'home'>): string {
  return join(configFolder(environment, home), 'pullpin', CONFIG_NAME);
}

/** The configuration files for the current folder, the stronger one first: that of the project, and the user's own. */
export async function findConfigFiles(
  machine: Pick<Machine, 'environment' | 'home' | 'folder'>,
): Promise<ConfigFile[]> {
  const own = userConfigPath(machine);
  const project = await projectConfig(machine.folder);
  return [
    ...(project === undefined || project === own ? [] : [{ path: project, owner: 'project' as const }]),
    ...((await exists(own)) ? [{ path: own, owner: 'user' as const }] : []),
  ];
}

/**
 * The configuration file of a project: the nearest `pullpin.toml` from a folder up to the top of its repository; outside of one, in the folder only. A
 * broken link counts as well, because it is a mistake that pullpin should report.
 */
export async function projectConfig(folder: string): Promise<string | undefined> {
  const top = (await repositoryAround(folder)) ?? folder;
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, CONFIG_NAME);
    if (await exists(path)) return path;
    if (at === top) return undefined;
  }
}
