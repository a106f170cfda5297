import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The name of configuration files. */
export const CONFIG_NAME = 'pullpin.toml';

/** The configuration file of a project: the nearest one from a folder up to the top of its repository; outside of one, in the folder only. */
export async function projectConfig(folder: string): Promise<string | undefined> {
  let nearest: string | undefined;
  for (let at = folder; ; at = dirname(at)) {
    if (nearest === undefined && (await isThere(join(at, CONFIG_NAME)))) nearest = join(at, CONFIG_NAME);
    if (await isThere(join(at, '.git'))) return nearest;
    if (at === dirname(at)) break;
  }
  const here = join(folder, CONFIG_NAME);
  return nearest === here ? here : undefined;
}

/** Whether a file exists. A broken link counts as well, because it is a mistake that pullpin should report. */
export async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
