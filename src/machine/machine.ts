import { homedir, tmpdir } from 'node:os';
import process from 'node:process';

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

/** The machine as this process sees it now. Only this function and main.ts read the process. */
export function fromProcess(): Machine {
  return {
    environment: process.env,
    home: homedir(),
    folder: process.cwd(),
    temporaryFolder: tmpdir(),
    platform: process.platform,
    uid: process.getuid?.(),
  };
}
