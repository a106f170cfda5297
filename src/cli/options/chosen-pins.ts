import { printable, UsageError } from '../../errors.js';
import { isTag } from '../../oci/reference.js';
import { parseDuration } from '../../tag-rules/duration.js';
import { optionGroup } from './option.js';

/** Which of the pins in the files are meant. */
export interface ChosenPins {
  /** Names of images, globs of images and files, and FILE:LINE, of which one must match; all pins when there is none. */
  readonly include: readonly string[];
  /** The same, of which none may match. */
  readonly exclude: readonly string[];
  /**
   * The filters from both lists that must match a pin, because the user typed them for these files. A filter from a configuration file may match
   * none.
   */
  readonly mustMatch: readonly ('include' | 'exclude')[];
}

/** The options of commands that look for pins in files. */
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

/** Which tags the pins should have. */
export const VERSIONS = optionGroup({
  title: 'Versions',
  options: {
    tags: {
      setting: 'anywhere',
      type: 'value',
      value: 'LEVEL',
      choices: ['patch', 'minor', 'major'],
      help: 'Move tags without a rule of their own, too: patch, minor or major',
    },
    cooldown: {
      setting: 'anywhere',
      type: 'value',
      value: 'TIME',
      help: 'Move to no image younger than 7d, 12h or 2w',
    },
  },
  parse: ({ tags, cooldown }, isTyped) => ({
    tags,
    cooldown: cooldown === undefined ? undefined : durationOf(cooldown),
    isTyped: tags !== undefined && isTyped('tags'),
    isCooldownTyped: cooldown !== undefined && isTyped('cooldown'),
  }),
});

/** The tag that a pin has when nothing says which. */
export const ASSUME_TAG = {
  setting: 'anywhere',
  type: 'value',
  value: 'TAG',
  help: 'The tag of pins that show no trace of one',
} as const;

/** The value of `ASSUME_TAG`. Throws a UsageError for a text that no tag is. */
export function assumedTag(text: string | undefined): string | undefined {
  if (text === undefined || isTag(text)) return text;
  throw new UsageError(`--assume-tag is a tag such as 1.27, not '${printable(text, 100)}'`);
}

function durationOf(text: string): number {
  const duration = parseDuration(text);
  if (duration !== undefined) return duration;
  throw new UsageError(`--cooldown is a time such as 7d, 12h or 2w, not '${printable(text, 100)}'`);
}
