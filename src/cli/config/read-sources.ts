import type { Machine } from '../../machine/machine.js';
import type { ConfigFile } from '../config-files/find-files.js';
import type { CommandOptions } from '../options/command.js';
import type { RawOptions, RawValue } from '../options/option.js';
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
  const found = sources.flatMap((source) => source.get(`${command}.${name}`) ?? source.get(name) ?? []);
  const [strongest, ...weaker] = found;
  // A variable has no file that it could be joined with.
  const own = strongest && sources[0]?.get(name) === strongest ? undefined : weaker.at(-1);
  const join = COMMAND_SETTINGS.flatMap(({ settings }) => settings).find((each) => each.name === name)?.option.join;
  if (!strongest || !own || !join) return strongest;
  return { value: join(listOf(own.value), listOf(strongest.value)), place: `${own.place}, ${strongest.place}` };
}

function listOf(value: RawValue): readonly string[] {
  return typeof value === 'string' ? [value] : Array.isArray(value) ? (value as readonly string[]) : [];
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
