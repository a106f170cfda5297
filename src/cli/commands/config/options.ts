import { commandOptions, type SettingsOf } from '../../options/command.js';
import { CONFIG_FILES, GENERAL } from '../../options/general.js';
import { JSON_OUTPUT } from '../../options/json.js';
import { NO_OPERANDS } from '../../options/operands.js';

/** `pullpin config` */
export const CONFIG = commandOptions({
  name: 'config',
  summary: 'Show the settings that hold here, and where each comes from',
  operands: NO_OPERANDS,
  groups: { json: JSON_OUTPUT, readsFiles: CONFIG_FILES, loudness: GENERAL },
  examples: [
    ['pullpin config', 'What pullpin.toml and the environment say'],
    ['pullpin config --json', 'The same, for a script'],
  ],
});

export type ConfigSettings = SettingsOf<typeof CONFIG>;
