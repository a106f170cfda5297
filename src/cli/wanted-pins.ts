import type { InferredOptionTypes, Options } from 'yargs';
import type { PinSite } from '../library/pins.js';
import type { Context } from './context.js';

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

/** Says which pins the user wants. Throws a UsageError for a glob with a mistake. */
export async function wantedPins(
  { include, exclude }: WantedOptions,
  { folder }: Context,
): Promise<(site: PinSite) => boolean> {
  const { createGlob } = await import('../library/pins.js');
  const { imageSpellings } = await import('../library/references.js');
  const includes = include && createGlob(include, folder);
  const excludes = exclude && createGlob(exclude, folder);
  return ({ file, imageName }) => {
    const subject = { file, images: imageSpellings(imageName.text) };
    return (includes?.(subject) ?? true) && !(excludes?.(subject) ?? false);
  };
}
