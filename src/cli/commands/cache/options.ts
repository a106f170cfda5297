import { printable, UsageError } from '../../../errors.js';
import { isKeyName } from '../../../shared-cache/entries/key-text.js';
import { commandOptions, type Operands, type SettingsOf } from '../../options/command.js';
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

/** What a run of `pullpin cache key` does with a pair of keys for the shared cache. */
export interface KeyWords {
  /** The name of the new key; undefined to show the public key of the file. */
  readonly name: string | undefined;
  /** The file of the secret key. */
  readonly file: string;
}

const NO_OPERANDS = noOperands(ELSEWHERE);

const KEY: Operands<KeyWords | undefined> = {
  usage: '[key] [NAME] [FILE]',
  help: 'key NAME FILE writes a new secret key for the shared cache into FILE and prints its public key; key FILE prints that again',
  completions: { key: 'file' },
  choices: { key: 'Make a secret key for a shared cache, or print its public key' },
  parse(words) {
    if (words[0] !== 'key') return NO_OPERANDS.parse(words);
    const [first, second, more] = words.slice(1);
    if (first === undefined)
      throw new UsageError('name the key and a file for it: pullpin cache key team-1 team.secret');
    if (more !== undefined) throw new UsageError(`'${printable(more, 100)}' is one argument too many`);
    if (second === undefined) return { name: undefined, file: first };
    if (isKeyName(first)) return { name: first, file: second };
    throw new UsageError(
      `'${printable(first, 100)}' is no name of a key: letters, digits and . _ - are possible, such as team-1`,
    );
  },
};

/** `pullpin cache` */
export const CACHE_COMMAND = commandOptions({
  name: 'cache',
  summary: 'Show or remove known hashes; make a key for a shared cache',
  operands: KEY,
  groups: { wanted: WHAT_TO_DO, loudness: GENERAL },
  examples: [
    ['pullpin cache', 'The folder, the number of entries, and their size'],
    ['pullpin cache --dir', 'Where hashes of images are kept'],
    ['pullpin cache --clear', 'Start again with nothing'],
    ['pullpin cache key team-1 team.secret', 'A key that signs what a team shares'],
    ['pullpin --shared-cache-write team.secret redis:7.4', 'Hash an image for the team'],
  ],
});

export type CacheCommandSettings = SettingsOf<typeof CACHE_COMMAND>;
