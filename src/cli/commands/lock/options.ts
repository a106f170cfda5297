import { printable, shellWord, UsageError } from '../../../errors.js';
import { misspelledWord } from '../../../suggestion.js';
import { commandOptions, type Operands, type SettingsOf } from '../../options/command.js';
import { DOWNLOADS, SHARED_CACHE } from '../../options/downloads.js';
import { GENERAL } from '../../options/general.js';
import { JSON_OUTPUT } from '../../options/json.js';
import { optionGroup } from '../../options/option.js';
import { CACHE, REGISTRIES, SIGNATURES } from '../../options/registries.js';

const LOCKING = optionGroup({
  title: 'Lock',
  options: {
    update: { type: 'flag', help: 'Move to what tags and rules lead to now: all images, or those that are named' },
    check: {
      type: 'flag',
      help: 'Write nothing; exit with 3 if the lock does not fit images.toml, with --update also if an image would move',
    },
    file: {
      type: 'value',
      value: 'FILE',
      completion: 'file',
      default: 'images.toml',
      help: 'The file with the images, or its folder; the lock and images.nix are beside it',
    },
  },
  parse: ({ update, check, file }) => ({ isUpdate: update, isCheck: check, file }),
});

/** What images.toml gets for a new image. */
const NEW_IMAGE = optionGroup({
  title: 'New images (lock add)',
  options: {
    rule: { type: 'value', value: 'RULE', help: "Which tags it may move to, such as '^7.2' or 16.x-alpine" },
    platform: {
      type: 'values',
      value: 'OS/ARCH[/VARIANT]',
      completion: 'platform',
      help: 'What it must run on, such as linux/arm64; repeatable; all: those of the image',
    },
    system: {
      type: 'values',
      value: 'SYSTEM',
      completion: 'system',
      help: 'The same by its Nix name, such as aarch64-linux; repeatable',
    },
    target: {
      type: 'value',
      value: 'WHAT',
      choices: ['docker-archive', 'nar'],
      help: 'What is hashed: for dockerTools.pullImage (docker-archive) or for nix2container (nar)',
    },
    'final-name': { type: 'value', value: 'NAME', help: 'The name inside the archive' },
    'final-tag': { type: 'value', value: 'TAG', help: 'The tag inside the archive' },
    cooldown: { type: 'value', value: 'TIME', help: 'Move to no image younger than 7d, 12h or 2w' },
  },
  parse: (raw) => ({
    rule: raw.rule,
    platforms: raw.platform.flatMap((text) => text.split(',')),
    systems: raw.system.flatMap((text) => text.split(',')),
    target: raw.target,
    'final-name': raw['final-name'],
    'final-tag': raw['final-tag'],
    cooldown: raw.cooldown,
  }),
});

/** How and where `lock export` writes. */
const EXPORT = optionGroup({
  title: 'Other tools (lock export)',
  isRare: true,
  options: {
    npins: { type: 'flag', help: 'Write a sources.json of npins, with what is locked' },
    output: {
      type: 'value',
      value: 'FILE',
      short: 'o',
      completion: 'file',
      help: 'Write into FILE instead of to stdout, which is -; the other pins of a sources.json stay in it',
    },
  },
  parse: ({ npins, output }) => ({ isNpins: npins, output: output === '-' ? undefined : output }),
});

/** The words behind `pullpin lock` that say what to do; without one of them, the lock is written. */
const ACTIONS = {
  add: 'Add an image to images.toml, and lock it',
  remove: 'Remove images from images.toml and the lock',
  freeze: 'Keep what is locked, also with --update',
  unfreeze: 'Let --update move images again',
  show: 'Show what is locked',
  import: 'Add the images of files of other tools',
  export: 'Write what is locked for another tool',
} as const;
export type LockAction = keyof typeof ACTIONS;

function isAction(word: string | undefined): word is LockAction {
  return word !== undefined && Object.hasOwn(ACTIONS, word);
}

/** What the words mean. */
export interface LockWords {
  /** Undefined to write the lock. */
  readonly action: LockAction | undefined;
  readonly words: readonly string[];
}

/** Words of other tools for an action. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  ...{ rm: 'remove', delete: 'remove', del: 'remove', uninstall: 'remove' },
  ...{
    init: 'add',
    new: 'add',
    install: 'add',
    pin: 'freeze',
    unpin: 'unfreeze',
    thaw: 'unfreeze',
    unlock: 'unfreeze',
  },
  ...{ list: 'show', ls: 'show', status: 'show', migrate: 'import', convert: 'import' },
};
const OPTIONS_ELSEWHERE: Readonly<Record<string, string>> = {
  ...{ update: '--update', upgrade: '--update', up: '--update', bump: '--update', refresh: '--update' },
  ...{ check: '--check', verify: '--check', validate: '--check', outdated: '--update --check' },
};

const WORDS: Operands<LockWords> = {
  usage: '[FILE] | [ACTION] [NAME]...',
  help: 'ACTION is add NAME IMAGE, remove NAME..., freeze NAME..., unfreeze NAME..., show [NAME]..., import FILE... (of npins, nvfetcher, uptix, Compose, Helm) or export [NAME]...; FILE alone is images.toml under another name or in another folder, NAME an image for --update',
  choices: ACTIONS,
  completion: 'locked',
  completions: { add: 'image', import: 'file' },
  parse([first, ...others]) {
    if (isAction(first)) return { action: first, words: checked(first, others) };
    if (first !== undefined) refuseElsewhere(first);
    return { action: undefined, words: first === undefined ? [] : [first, ...others] };
  },
};

/** Throws a UsageError for words that an action cannot have. */
function checked(action: LockAction, words: readonly string[]): readonly string[] {
  if (action === 'add' && words.length === 1 && /[:/]/.test(words[0] ?? ''))
    throw new UsageError(
      `lock add also takes the name that the image has in Nix code: pullpin lock add NAME ${shellWord(printable(words[0] ?? '', 100))}`,
    );
  if (action === 'add' && words.length !== 2)
    throw new UsageError('lock add takes a name and an image: pullpin lock add redis redis:7.4');
  if (action === 'import' && words.length === 0)
    throw new UsageError('lock import takes files of other tools: pullpin lock import npins/sources.json');
  if (!['show', 'export', 'add'].includes(action) && words.length === 0)
    throw new UsageError(`lock ${action} takes the names of images: pullpin lock ${action} redis`);
  return words;
}

function refuseElsewhere(word: string): void {
  if (Object.hasOwn(OPTIONS_ELSEWHERE, word))
    throw new UsageError(`lock has no action '${word}': write pullpin lock ${OPTIONS_ELSEWHERE[word]}`);
  const near = Object.hasOwn(ELSEWHERE, word) ? ELSEWHERE[word] : misspelledWord(word, Object.keys(ACTIONS));
  if (near !== undefined) throw new UsageError(`lock has no action '${word}'; did you mean lock ${near}?`);
}

/** `pullpin lock [FILE]` */
export const LOCK = commandOptions({
  name: 'lock',
  summary: 'Keep images in images.toml, with a lock that Nix reads',
  operands: WORDS,
  groups: {
    locking: LOCKING,
    newImage: NEW_IMAGE,
    export: EXPORT,
    json: JSON_OUTPUT,
    registries: REGISTRIES,
    signatures: SIGNATURES,
    cache: CACHE,
    sharedCache: SHARED_CACHE,
    downloads: DOWNLOADS,
    loudness: GENERAL,
  },
  examples: [
    ['pullpin lock add redis redis:7.4', 'Into images.toml, images.lock.json and images.nix'],
    ["pullpin lock add web ghcr.io/acme/web:1.27 --rule '^1.27'", 'With a rule for its tag'],
    ['pullpin lock', 'Lock what is new or changed in images.toml'],
    ['pullpin lock --update', 'Move all images to what their tags have now'],
    ['pullpin lock --check', 'Fail when the lock does not fit images.toml, for CI'],
    ['pullpin lock freeze db', 'Keep what is locked, also with --update'],
    ['pullpin lock remove db', 'From all three files'],
    ['pullpin lock import npins/sources.json compose.yaml', 'Into images.toml, with the digests of these files'],
    ['pullpin lock export --npins -o npins/sources.json', 'Back, beside the other pins there'],
  ],
});

export type LockCommandSettings = SettingsOf<typeof LOCK>;
