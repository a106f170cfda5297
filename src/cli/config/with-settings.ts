import type { Machine } from '../../machine/machine.js';
import { findConfigFiles } from '../config-files/find-files.js';
import type { CommandOptions } from '../options/command.js';
import type { RawOptions } from '../options/option.js';

/** Variables whose names do not come from an option. */
const OTHER_VARIABLES = ['PULLPIN_USERNAME', 'PULLPIN_PASSWORD', 'PULLPIN_REGISTRY'];

/**
 * Completes the typed options of a command with those from the environment and the configuration files. An option wins over the
 * environment, the environment over the project's file, and that over the user's own. Throws a UsageError for a mistake in any of them.
 */
export async function withSettings(command: CommandOptions, typed: RawOptions, machine: Machine): Promise<RawOptions> {
  const files = typed['config'] === false ? [] : await findConfigFiles(machine);
  const hasVariables = Object.keys(machine.environment).some(
    (name) => name.startsWith('PULLPIN_') && !OTHER_VARIABLES.includes(name),
  );
  if (files.length === 0 && !hasVariables) return typed;
  const { readSources, settingsOf } = await import('./read-sources.js');
  return { ...settingsOf(command, await readSources(files, machine)), ...typed };
}
