import { UsageError } from '../../../errors.js';
import { CHOSEN_PINS, VERSIONS } from '../../options/chosen-pins.js';
import { commandOptions, type SettingsOf } from '../../options/command.js';
import { GENERAL } from '../../options/general.js';
import { JSON_LINES_OUTPUT } from '../../options/json.js';
import { PINS } from '../../options/operands.js';
import { optionGroup } from '../../options/option.js';
import { ONE_PLATFORM } from '../../options/platforms.js';
import { CACHE, REGISTRIES } from '../../options/registries.js';

const LISTING = optionGroup({
  title: 'List',
  options: {
    unpinned: { type: 'flag', help: 'Only images with a tag and no digest, which bump --pin-tags pins' },
    outdated: {
      type: 'flag',
      help: 'Only pins that are not the newest: the tag that each has, should have, and could have; asks registries',
    },
  },
  parse({ unpinned, outdated }) {
    if (unpinned && outdated)
      throw new UsageError('--outdated compares digests, which the images of --unpinned do not have: choose one');
    return { isUnpinned: unpinned, isOutdated: outdated };
  },
});

/** `pullpin list [PATH]...` */
export const LIST = commandOptions({
  name: 'list',
  summary: 'Show the pins of a repository and the tags that they follow; no network without --outdated',
  operands: PINS,
  groups: {
    listing: LISTING,
    versions: VERSIONS,
    chosen: CHOSEN_PINS,
    format: JSON_LINES_OUTPUT,
    platform: ONE_PLATFORM,
    registries: REGISTRIES,
    cache: CACHE,
    loudness: GENERAL,
  },
  examples: [
    ['pullpin list', 'All pins in what git knows below here'],
    ['pullpin list --json hosts/ flake.nix', 'Some of them, for a script'],
    ['pullpin list --json-lines', 'A line for each pin'],
    ['pullpin list compose.yaml', 'The images of a Compose file'],
    ['pullpin list --unpinned', 'Images that have a tag and no digest'],
    ['pullpin list --outdated', 'Current, wanted and newest tags'],
  ],
});

export type ListSettings = SettingsOf<typeof LIST>;
