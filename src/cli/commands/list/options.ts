import { CHOSEN_PINS } from '../../options/chosen-pins.js';
import { commandOptions, type SettingsOf } from '../../options/command.js';
import { GENERAL } from '../../options/general.js';
import { JSON_OUTPUT } from '../../options/json.js';
import { PINS } from '../../options/operands.js';
import { optionGroup } from '../../options/option.js';

const LISTING = optionGroup({
  title: 'List',
  options: {
    unpinned: { type: 'flag', help: 'Only images with a tag and no digest, which bump --pin-tags pins' },
  },
  parse: ({ unpinned }) => ({ isUnpinned: unpinned }),
});

/** `pullpin list [PATH]...` */
export const LIST = commandOptions({
  name: 'list',
  summary: 'Show the pins of a repository and the tags that they follow, without using the network',
  operands: PINS,
  groups: { listing: LISTING, chosen: CHOSEN_PINS, json: JSON_OUTPUT, loudness: GENERAL },
  examples: [
    ['pullpin list', 'All pins in what git knows below here'],
    ['pullpin list --json hosts/ flake.nix', 'Some of them, for a script'],
    ['pullpin list --unpinned', 'Images that have a tag and no digest'],
  ],
});

export type ListSettings = SettingsOf<typeof LIST>;
