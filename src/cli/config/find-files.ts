import { join } from 'node:path';
import { configFolder } from '../../machine/environment.js';
import type { Machine } from '../../machine/machine.js';
import { CONFIG_NAME, isThere, projectConfig } from '../../machine/project-config.js';

/** A configuration file that exists. */
export interface ConfigFile {
  readonly path: string;
  /** `user` for the user's own file, which may set more than the file of a repository. */
  readonly owner: 'user' | 'project';
}

/** Where the user's own configuration file is, or would be. */
export function userConfigPath({ environment, home }: Pick<Machine, 'environment' | 'home'>): string {
  return join(configFolder(environment, home), 'pullpin', CONFIG_NAME);
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
