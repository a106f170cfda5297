import { commandOptions, type SettingsOf } from '../../options/command.js';
import { GENERAL } from '../../options/general.js';
import { NO_OPERANDS } from '../../options/operands.js';
import { optionGroup } from '../../options/option.js';

const WHAT_TO_DO = optionGroup({
  title: 'Cache',
  options: {
    dir: { type: 'flag', help: 'Print the folder alone' },
    clear: { type: 'flag', help: 'Remove everything in it' },
  },
  parse: ({ dir, clear }) => ({ dir, clear }),
});

/** `pullpin cache` */
export const CACHE_COMMAND = commandOptions({
  name: 'cache',
  summary: 'Show where known hashes are kept and how many, or remove them',
  operands: NO_OPERANDS,
  groups: { wanted: WHAT_TO_DO, loudness: GENERAL },
  examples: [
    ['pullpin cache', 'The folder, the number of entries, and their size'],
    ['pullpin cache --dir', 'Where hashes of images are kept'],
    ['pullpin cache --clear', 'Start again with nothing'],
  ],
});

export type CacheCommandSettings = SettingsOf<typeof CACHE_COMMAND>;
