import { BUMP } from '../commands/bump/options.js';
import { CHECK } from '../commands/check/options.js';
import { DIGEST } from '../commands/digest/options.js';
import { DOCTOR } from '../commands/doctor/options.js';
import { EXPLAIN } from '../commands/explain/options.js';
import { INSPECT } from '../commands/inspect/options.js';
import { LIST } from '../commands/list/options.js';
import { LOCK } from '../commands/lock/options.js';
import { PIN } from '../commands/pin/options.js';
import { TAGS } from '../commands/tags/options.js';
import { type CommandOptions, optionsOf } from '../options/command.js';
import { COMMON } from '../options/general.js';
import type { Option, OptionGroup } from '../options/option.js';

/** An option that may be set by a configuration file or a variable. */
export interface Setting {
  readonly name: string;
  readonly option: Option;
  readonly group: OptionGroup<unknown>;
}

/** A command with its settings. */
export interface CommandSettings {
  readonly command: CommandOptions;
  readonly settings: readonly Setting[];
}

const COMMANDS: readonly CommandOptions[] = [PIN, BUMP, CHECK, LIST, LOCK, DIGEST, INSPECT, TAGS, EXPLAIN, DOCTOR];

/** The settings that the tables `[pin]`, `[bump]` and so on of a configuration file may have. */
export const COMMAND_SETTINGS: readonly CommandSettings[] = COMMANDS.map((command) => ({
  command,
  settings: Object.values(command.groups).flatMap((group) =>
    Object.entries(group.options)
      .filter(([, { setting }]) => setting !== undefined)
      .map(([name, option]) => ({ name, option, group })),
  ),
}));

/** The settings that a variable may have: those with the same meaning in each command that has them. */
export const VARIABLE_SETTINGS: readonly Setting[] = commonSettings();

/** The settings outside tables, which are for all commands. One with the name of a table, as `tags`, stands in the tables of its commands only. */
export const COMMON_SETTINGS: readonly Setting[] = VARIABLE_SETTINGS.filter(
  ({ name }) => !COMMANDS.some((command) => command.name === name),
);

/** Whether an option has this name that no file sets, because it is for one run. */
export function isTypedOnly(name: string): boolean {
  return [COMMON, ...COMMANDS.map(optionsOf)].some((options) => Object.hasOwn(options, name));
}

function commonSettings(): Setting[] {
  const all = COMMAND_SETTINGS.flatMap(({ settings }) => settings);
  // The first command that has a setting says what it may be: pullpin pin takes several platforms, other commands one.
  const firsts = all.filter(({ name }, at) => all.findIndex((other) => other.name === name) === at);
  return firsts.filter(({ name, option }) =>
    all.every((other) => other.name !== name || choicesOf(other.option) === choicesOf(option)),
  );
}

function choicesOf(option: Option): string {
  return option.type === 'flag' ? '' : String(option.choices);
}

/** The variable that sets an option: `PULLPIN_HASH_FORMAT`. */
export function variableOf(name: string): string {
  return `PULLPIN_${name.toUpperCase().replaceAll('-', '_')}`;
}
