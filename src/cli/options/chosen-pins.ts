import { optionGroup } from './option.js';

/** Which of the pins in the files are meant. */
export interface ChosenPins {
  /** Names of images, globs of images and files, and FILE:LINE, of which one must match; all pins when there is none. */
  readonly include: readonly string[];
  /** The same, of which none may match. */
  readonly exclude: readonly string[];
}

/** Of the commands that look for pins in files. */
export const CHOSEN_PINS = optionGroup({
  title: 'Pins',
  options: {
    include: {
      type: 'values',
      value: 'PATTERN',
      completion: 'pin',
      help: "Only pins that match: redis, 'postgres@<15', 'ghcr.io/**', './hosts/**' or FILE:LINE; repeatable",
    },
    exclude: {
      type: 'values',
      value: 'PATTERN',
      completion: 'pin',
      help: 'No pins that match; repeatable',
    },
  },
  parse: ({ include, exclude }): ChosenPins => ({ include, exclude }),
});
