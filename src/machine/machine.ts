import { availableParallelism, homedir, tmpdir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import process from 'node:process';
import { PullpinError } from '../errors.js';

/** The facts about the machine that decide where files and settings are found. */
export interface Machine {
  /** Environment variables by name. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The user's home folder, as an absolute path. */
  readonly home: string;
  /** The folder against which paths are resolved, as an absolute path. */
  readonly folder: string;
  /** Where files are put that are needed for a moment only, as an absolute path. */
  readonly temporaryFolder: string;
  /** As Node names it: `linux`, `darwin`. */
  readonly platform: string;
  /** The user's number; undefined where users have none. */
  readonly uid: number | undefined;
}

/**
 * The machine as this process sees it now. Only this function, main.ts and the name of this process in processes.ts read the process. Throws a
 * PullpinError when the system does not say where the home or the current folder is.
 */
export function fromProcess(): Machine {
  return {
    environment: process.env,
    home: homeFolder(),
    folder: currentFolder(),
    temporaryFolder: tmpdir(),
    platform: process.platform,
    uid: process.getuid?.(),
  };
}

/** How many threads can compute at a time: the cores that this process may use. */
export function availableCores(): number {
  return availableParallelism();
}

/** HOME, or what the system has for this user: with an empty or relative HOME, files of the current folder would count as the user's own. */
function homeFolder(): string {
  try {
    const home = homedir();
    return isAbsolute(home) ? home : userInfo().homedir;
  } catch (cause) {
    throw new PullpinError('this user has no home folder: set HOME to the absolute path of one', { cause });
  }
}

function currentFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new PullpinError('the current folder does not exist any more: change to another one', { cause });
  }
}
