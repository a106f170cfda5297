import { optionGroup } from './option.js';

/** Which of the pins in the files are meant. */
export interface ChosenPins {
  /** Names of images, globs of images and files, and FILE:LINE, of which one must match; all pins when there is none. */
  readonly include: readonly string[];
  /** The same, of which none may match. */
  readonly exclude: readonly string[];
  /** Of these two, the filters that must match a pin: they were typed for these files, and do not stand in a configuration file for many. */
  readonly mustMatch: readonly ('include' | 'exclude')[];
}

/** Of the commands that look for pins in files. */
export const CHOSEN_PINS = optionGroup({
  title: 'Pins',
  options: {
    include: {
      setting: 'anywhere',
      type: 'values',
      value: 'PATTERN',
      completion: 'pin',
      help: "Only pins that match: redis, 'postgres@<15', 'ghcr.io/**', './hosts/**' or FILE:LINE; repeatable",
    },
    exclude: {
      setting: 'anywhere',
      type: 'values',
      value: 'PATTERN',
      completion: 'pin',
      help: 'No pins that match; repeatable',
    },
  },
  parse: ({ include, exclude }, isTyped): ChosenPins => ({
    include,
    exclude,
    mustMatch: (['include', 'exclude'] as const).filter(isTyped),
  }),
});
