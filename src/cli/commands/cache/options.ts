import { commandOptions, type SettingsOf } from '../../options/command.js';
import { GENERAL } from '../../options/general.js';
import { noOperands } from '../../options/operands.js';
import { optionGroup } from '../../options/option.js';

const WHAT_TO_DO = optionGroup({
  title: 'Cache',
  options: {
    dir: { type: 'flag', help: 'Print the folder alone' },
    clear: { type: 'flag', help: 'Remove everything in it' },
  },
  parse: ({ dir, clear }) => ({ dir, clear }),
});

const CLEAR = 'pullpin cache --clear';
const ALONE = 'pullpin cache, without a word behind it';
const ELSEWHERE = {
  ...{ clear: CLEAR, clean: CLEAR, prune: CLEAR, purge: CLEAR, rm: CLEAR, remove: CLEAR, delete: CLEAR, gc: CLEAR },
  ...{ info: ALONE, list: ALONE, ls: ALONE, show: ALONE, size: ALONE, status: ALONE },
  ...{ dir: 'pullpin cache --dir', path: 'pullpin cache --dir', folder: 'pullpin cache --dir' },
};

/** `pullpin cache` */
export const CACHE_COMMAND = commandOptions({
  name: 'cache',
  summary: 'Show where known hashes are kept and how many, or remove them',
  operands: noOperands(ELSEWHERE),
  groups: { wanted: WHAT_TO_DO, loudness: GENERAL },
  examples: [
    ['pullpin cache', 'The folder, the number of entries, and their size'],
    ['pullpin cache --dir', 'Where hashes of images are kept'],
    ['pullpin cache --clear', 'Start again with nothing'],
  ],
});

export type CacheCommandSettings = SettingsOf<typeof CACHE_COMMAND>;
