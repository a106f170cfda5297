import { UsageError } from '../../../errors.js';
import { ASSUME_TAG, assumedTag, CHOSEN_PINS, VERSIONS } from '../../options/chosen-pins.js';
import { commandOptions, type SettingsOf } from '../../options/command.js';
import { BACKEND, DOWNLOADS, SHARED_CACHE } from '../../options/downloads.js';
import { GENERAL } from '../../options/general.js';
import { JSON_FLAG } from '../../options/json.js';
import { PINS } from '../../options/operands.js';
import { optionGroup } from '../../options/option.js';
import { ONE_PLATFORM } from '../../options/platforms.js';
import { CACHE, REGISTRIES, SIGNATURES } from '../../options/registries.js';
import { STORE } from '../../options/store.js';
import { MACHINES } from './machine-options.js';

const BUMPING = optionGroup({
  title: 'Bump',
  options: {
    'dry-run': { type: 'flag', short: 'n', help: 'Write nothing' },
    check: { type: 'flag', help: 'Write nothing; exit with 3 if a pin is outdated' },
    interactive: { type: 'flag', short: 'i', help: 'Ask which pins to change' },
    hashes: { type: 'flag', help: 'Keep all digests, correct their hashes' },
    'pin-tags': { type: 'flag', help: 'Also pin images that have a tag and no digest' },
    'assume-tag': ASSUME_TAG,
    digest: {
      setting: 'anywhere',
      type: 'value',
      value: 'WHICH',
      choices: ['keep', 'index', 'platform'],
      default: 'keep',
      help: 'Digest of the tag (index), of one platform (platform), or as before (keep)',
    },
    systems: {
      setting: 'anywhere',
      type: 'value',
      value: 'WHICH',
      choices: ['keep', 'all'],
      default: 'keep',
      help: 'Systems of tables: keep or all',
    },
    since: { type: 'value', value: 'REVISION', help: 'Only pins new or changed since this git revision' },
  },
  parse(raw, isTyped) {
    const { hashes, check, digest, interactive } = raw;
    if (interactive && check)
      throw new UsageError('--check changes nothing that --interactive could ask about: choose one');
    if (hashes && raw['pin-tags'])
      throw new UsageError('--hashes writes no digests, and does not go together with --pin-tags');
    if (hashes && digest !== undefined && isTyped('digest'))
      throw new UsageError('--hashes keeps digests as they are, and does not go together with --digest');
    return {
      isDryRun: raw['dry-run'],
      isCheck: check,
      isInteractive: interactive,
      correctsHashes: hashes,
      pinsTags: raw['pin-tags'],
      assumeTag: assumedTag(raw['assume-tag']),
      digest: digest ?? 'keep',
      systems: raw.systems ?? 'keep',
      since: raw.since,
    } as const;
  },
});

const SPECIAL = optionGroup({
  title: 'Special cases',
  isRare: true,
  options: {
    'add-arch': {
      setting: 'anywhere',
      type: 'flag',
      help: 'Write os and arch into pins of several platforms that name none',
    },
    unproven: {
      type: 'flag',
      help: 'Write pins whose old hash proves nothing, as they are assumed',
    },
    'keep-going': { setting: 'anywhere', type: 'flag', help: 'Write the other files when one cannot be written' },
  },
  parse: (raw) => ({ addArch: raw['add-arch'], unproven: raw.unproven, keepGoing: raw['keep-going'] }),
});

/** The formats in which a plan is printed. */
export type PlanFormat = 'table' | 'json' | 'json-lines' | 'diff' | 'markdown' | 'commit-message';

const PLAN_OUTPUT = optionGroup({
  title: 'Output',
  options: {
    json: JSON_FLAG,
    'json-lines': {
      type: 'flag',
      help: 'Print a line of JSON for each pin as it is known',
    },
    diff: { type: 'flag', help: 'Print the changes as a unified diff' },
    markdown: { type: 'flag', help: "Print a table for a pull request or a job's summary" },
    'commit-message': {
      type: 'value',
      value: 'FILE',
      completion: 'file',
      help: 'Write a commit message into FILE; - is stdout',
    },
  },
  parse({ json, 'json-lines': lines, diff, markdown, 'commit-message': file }) {
    const printed = [
      ...(json ? (['json'] as const) : []),
      ...(lines ? (['json-lines'] as const) : []),
      ...(diff ? (['diff'] as const) : []),
      ...(markdown ? (['markdown'] as const) : []),
      ...(file === '-' ? (['commit-message'] as const) : []),
    ];
    if (printed.length > 1)
      throw new UsageError(`${printed.map(nameOption).join(' and ')} would both be printed: choose one`);
    const [format = 'table'] = printed;
    return { format, commitMessageFile: file === '-' ? undefined : file } as const;
  },
});

/** The option for a format, as the user types it. */
export function nameOption(format: PlanFormat): string {
  return format === 'commit-message' ? '--commit-message -' : `--${format}`;
}

/** `pullpin bump [PATH]...` */
export const BUMP = commandOptions({
  name: 'bump',
  summary: 'Update the pins of a repository to what their tags have now, digest and hash together',
  operands: PINS,
  groups: {
    bumping: BUMPING,
    versions: VERSIONS,
    machines: MACHINES,
    special: SPECIAL,
    chosen: CHOSEN_PINS,
    output: PLAN_OUTPUT,
    platform: ONE_PLATFORM,
    registries: REGISTRIES,
    cache: CACHE,
    sharedCache: SHARED_CACHE,
    downloads: DOWNLOADS,
    store: STORE,
    backend: BACKEND,
    signatures: SIGNATURES,
    loudness: GENERAL,
  },
  examples: [
    ['pullpin bump', 'All pins in what git knows below here'],
    ['pullpin bump --check', 'Fail when a pin is outdated, for CI'],
    ['pullpin bump -n --json-lines', 'A line for each pin as it is known'],
    ['pullpin bump -n --diff a.nix', 'Show what would change'],
    ['pullpin bump compose.yaml', 'Images in YAML, TOML and JSON, too'],
    ['pullpin bump --tags minor', 'Also move tags to newer versions'],
    ['pullpin bump --cooldown 7d', 'To no image that is younger'],
    ['pullpin bump --pin-tags', 'Also give redis:7.4 a digest'],
    ['pullpin bump -i', 'Choose among the pins that are outdated'],
    ['pullpin bump --hashes --since origin/main', 'Correct hashes after a bot'],
    ['pullpin bump -n --shard 2/8', 'One of 8 machines (docs/fleet.md)'],
    ['pullpin bump - <a.nix >b.nix', 'As a filter, for editors'],
  ],
});

export type BumpCommandSettings = SettingsOf<typeof BUMP>;
