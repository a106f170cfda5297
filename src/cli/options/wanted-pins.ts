import type { InferredOptionTypes, Options } from 'yargs';
import type { PinSite } from '../../library/pins.js';
import type { Context } from '../terminal/context.js';

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

/** Says which pins the user wants. */
export interface Wanted {
  isWanted(site: PinSite): boolean;
  /** Whether a pin in this file is wanted of which the image is not known. */
  isWantedFile(path: string): boolean;
}

/** Reads the options. Throws a UsageError for a glob with a mistake. */
export async function wantedPins({ include, exclude }: WantedOptions, { folder }: Context): Promise<Wanted> {
  const [{ createGlob }, { imageSpellings }] = await Promise.all([
    import('../../library/pins.js'),
    import('../../library/references.js'),
  ]);
  const includes = include && createGlob(include, folder);
  const excludes = exclude && createGlob(exclude, folder);
  const fits = (file: string, images: readonly string[]): boolean =>
    (includes?.({ file, images }) ?? true) && !(excludes?.({ file, images }) ?? false);
  return {
    isWanted: ({ file, imageName }) => fits(file, imageSpellings(imageName.text)),
    isWantedFile: (path) => fits(path, []),
  };
}
