import { optionGroup } from './option.js';

/** Which of the pins in the files are meant. */
export interface ChosenPins {
  /** Globs of images and files, of which one must match; all pins when there is none. */
  readonly include: readonly string[];
  /** Globs of which none may match. */
  readonly exclude: readonly string[];
}

/** Of the commands that look for pins in files. */
export const CHOSEN_PINS = optionGroup({
  title: 'Pins',
  options: {
    include: {
      type: 'values',
      value: 'GLOB',
      completion: 'pin',
      help: "Only pins whose image or file matches, such as 'ghcr.io/**' or './hosts/**'; repeatable",
    },
    exclude: {
      type: 'values',
      value: 'GLOB',
      completion: 'pin',
      help: 'No pins whose image or file matches; repeatable',
    },
  },
  parse: ({ include, exclude }): ChosenPins => ({ include, exclude }),
});
