import { COMMANDS, DEFAULT_COMMAND } from './commands.js';
import type { HelpSource } from './help/groups.js';
import { COMMON } from './options/general.js';

/** The table of options from which help, completions, the man page and docs/options.md are made. */
export const HELP_SOURCE: HelpSource = {
  commands: COMMANDS.map(({ options }) => options),
  defaultCommand: DEFAULT_COMMAND.options,
  common: COMMON,
};
