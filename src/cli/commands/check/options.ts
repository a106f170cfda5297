import { UsageError } from '../../../errors.js';
import { ASSUME_TAG, assumedTag, CHOSEN_PINS } from '../../options/chosen-pins.js';
import { commandOptions, type SettingsOf } from '../../options/command.js';
import { DOWNLOADS, SHARED_CACHE } from '../../options/downloads.js';
import { GENERAL } from '../../options/general.js';
import { JSON_FLAG } from '../../options/json.js';
import { PINS } from '../../options/operands.js';
import { optionGroup } from '../../options/option.js';
import { ONE_PLATFORM } from '../../options/platforms.js';
import { CACHE, REGISTRIES, SIGNATURES } from '../../options/registries.js';

const CHECKING = optionGroup({
  title: 'Check',
  options: {
    deep: {
      setting: 'anywhere',
      type: 'flag',
      help: 'Also look for every image, config and layer, without downloading them',
    },
    hashes: { type: 'flag', help: 'Compute all hashes anew, which downloads images' },
    fix: { type: 'flag', help: 'Correct what can be corrected safely' },
    'assume-tag': ASSUME_TAG,
    ignore: {
      setting: 'anywhere',
      type: 'values',
      value: 'CODE',
      help: 'Findings that are not wanted, such as missing-arch; repeatable',
    },
  },
  parse(raw) {
    return {
      isDeep: raw.deep,
      computesHashes: raw.hashes,
      fixes: raw.fix,
      assumeTag: assumedTag(raw['assume-tag']),
      /** Codes of findings, as they were typed. */
      ignored: raw.ignore.flatMap((text) => text.split(',')),
    };
  },
});

/** The formats in which findings are printed. */
export type FindingsFormat = 'text' | 'json' | 'json-lines' | 'sarif' | 'github';

const FINDINGS_OUTPUT = optionGroup({
  title: 'Output',
  options: {
    json: JSON_FLAG,
    'json-lines': { type: 'flag', help: 'Print a line of JSON for each pin as it is known, then for each finding' },
    sarif: { type: 'flag', help: 'Print SARIF 2.1.0, for code scanning' },
    github: { type: 'flag', help: 'Print annotations for GitHub Actions' },
    html: {
      type: 'value',
      value: 'FILE',
      completion: 'file',
      help: 'Also write a page for a browser: findings, and pins by age, size, platforms and shared layers',
    },
  },
  parse(raw) {
    const formats = (['json', 'json-lines', 'sarif', 'github'] as const).filter((each) => raw[each]);
    if (formats.length > 1)
      throw new UsageError(`${formats.map((each) => `--${each}`).join(' and ')} would both be printed: choose one`);
    const [format = 'text'] = formats;
    if (raw.html === '-')
      throw new UsageError('--html takes the name of a file, because stdout has the findings: --html pins.html');
    return { format: format as FindingsFormat, page: raw.html };
  },
});

/** `pullpin check [PATH]...` */
export const CHECK = commandOptions({
  name: 'check',
  summary: 'Check that pins can still be pulled, are up to date, and that their parts belong together',
  operands: PINS,
  groups: {
    checking: CHECKING,
    chosen: CHOSEN_PINS,
    output: FINDINGS_OUTPUT,
    platform: ONE_PLATFORM,
    registries: REGISTRIES,
    cache: CACHE,
    sharedCache: SHARED_CACHE,
    downloads: DOWNLOADS,
    signatures: SIGNATURES,
    loudness: GENERAL,
  },
  examples: [
    ['pullpin check', 'All pins in what git knows below here'],
    ['pullpin check --deep', 'Also each image, config and layer'],
    ['pullpin check --hashes --fix', 'Correct what is certainly wrong'],
    ['pullpin check --sarif >pins.sarif', 'For code scanning'],
    ['pullpin check --json-lines', 'A line for each pin as it is known'],
    ['pullpin check --html pins.html', 'A page to look at, with ages, sizes and shared layers'],
  ],
});

export type CheckCommandSettings = SettingsOf<typeof CHECK>;
