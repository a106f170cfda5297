import type { InferredOptionTypes, Options } from 'yargs';

const globs = { type: 'array', string: true, requiresArg: true, group: 'Pins:' } as const;

/** Of the commands that look for pins in files. */
export const WANTED_OPTIONS = {
  include: {
    ...globs,
    describe: "Only pins whose image or file fits, such as 'ghcr.io/**' or './hosts/**'; repeatable",
  },
  exclude: { ...globs, describe: 'No pins whose image or file fits; repeatable' },
} as const satisfies Record<string, Options>;

export type WantedOptions = InferredOptionTypes<typeof WANTED_OPTIONS>;
