import type { Machine } from '../../machine/machine.js';
import type { CommandOptions } from '../options/command.js';
import type { RawOptions } from '../options/option.js';
import type { ConfigFile } from './find-files.js';
import { readConfigFile } from './read-file.js';
import { readVariables } from './read-variables.js';
import type { PlacedValue, Source } from './source.js';
import { COMMAND_SETTINGS } from './table.js';

/** The sources of settings, the strongest first. Throws a UsageError for a mistake in one of them. */
export async function readSources(files: readonly ConfigFile[], machine: Machine): Promise<Source[]> {
  const variables = await readVariables(machine);
  return [variables, ...(await Promise.all(files.map((file) => readConfigFile(file, machine))))];
}

/** The value of one setting for one command, from the strongest source that has it. */
export function settingOf(command: string, name: string, sources: readonly Source[]): PlacedValue | undefined {
  for (const source of sources) {
    const found = source.get(`${command}.${name}`) ?? source.get(name);
    if (found) return found;
  }
  return undefined;
}

/** The values of a command's settings that some source has. */
export function settingsOf(command: CommandOptions, sources: readonly Source[]): RawOptions {
  const own = COMMAND_SETTINGS.find((each) => each.command.name === command.name)?.settings ?? [];
  return Object.fromEntries(
    own.flatMap(({ name }) => {
      const found = settingOf(command.name, name, sources);
      return found ? [[name, found.value]] : [];
    }),
  );
}
