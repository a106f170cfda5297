import type { Glob } from '../../files/glob.js';
import type { ListedPin } from '../../list/listed-pin.js';
import { imageSpellings } from '../../oci/reference.js';
import type { WantedOptions } from '../options/wanted-pins.js';
import type { Context } from '../terminal/context.js';

/** Says which pins the user wants. */
export interface Wanted {
  isWanted(pin: ListedPin): boolean;
  /** Whether a pin in this file is wanted of which the image is not known. */
  isWantedFile(path: string): boolean;
}

/** Reads the options. Throws a UsageError for a glob with a mistake. */
export async function wantedPins({ include, exclude }: WantedOptions, { folder }: Context): Promise<Wanted> {
  const [includes, excludes] = [await glob(include, folder), await glob(exclude, folder)];
  const fits = (file: string, images: readonly string[]): boolean =>
    (includes?.({ file, images }) ?? true) && !(excludes?.({ file, images }) ?? false);
  return {
    isWanted: ({ file, imageName }) => fits(file, imageSpellings(imageName)),
    isWantedFile: (path) => fits(path, []),
  };
}

async function glob(patterns: readonly string[] | undefined, folder: string): Promise<Glob | undefined> {
  if (!patterns) return undefined;
  const { createGlob } = await import('../../files/glob.js');
  return createGlob(patterns, folder);
}
