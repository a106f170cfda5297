import { commandOptions, type SettingsOf } from '../../options/command.js';
import { CONFIG_FILES, GENERAL } from '../../options/general.js';
import { JSON_OUTPUT } from '../../options/json.js';
import { noOperands } from '../../options/operands.js';

const ALONE = 'pullpin config, without a word behind it';
const EDIT = 'the setting into pullpin.toml (docs/config.md)';
const ELSEWHERE = {
  ...{
    file: ALONE,
    files: ALONE,
    path: ALONE,
    where: ALONE,
    get: ALONE,
    list: ALONE,
    ls: ALONE,
    print: ALONE,
    show: ALONE,
    view: ALONE,
  },
  ...{ add: EDIT, edit: EDIT, init: EDIT, set: EDIT, unset: EDIT },
};

/** `pullpin config` */
export const CONFIG = commandOptions({
  name: 'config',
  summary: 'Show the settings that hold here, and where each comes from',
  operands: noOperands(ELSEWHERE),
  groups: { json: JSON_OUTPUT, readsFiles: CONFIG_FILES, loudness: GENERAL },
  examples: [
    ['pullpin config', 'What pullpin.toml and the environment say'],
    ['pullpin config --json', 'The same, for a script'],
  ],
});

export type ConfigSettings = SettingsOf<typeof CONFIG>;
