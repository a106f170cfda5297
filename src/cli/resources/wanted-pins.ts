import type { Glob } from '../../files/glob.js';
import type { ListedPin } from '../../list/listed-pin.js';
import { imageSpellings } from '../../oci/reference.js';
import type { ChosenPins } from '../options/chosen-pins.js';
import type { Context } from '../terminal/context.js';

/** Decides which pins the user wants. */
export interface Wanted {
  isWanted(pin: ListedPin): boolean;
  /** Whether a pin in this file is wanted of which the image is not known. */
  isWantedFile(path: string): boolean;
}

/** Compiles the globs. Throws a UsageError for a glob with a mistake. */
export async function wantedPins({ include, exclude }: ChosenPins, { folder }: Context): Promise<Wanted> {
  const [includes, excludes] = [await glob(include, folder), await glob(exclude, folder)];
  const matches = (file: string, images: readonly string[]): boolean =>
    (includes?.({ file, images }) ?? true) && !(excludes?.({ file, images }) ?? false);
  return {
    isWanted: ({ file, imageName }) => matches(file, imageSpellings(imageName)),
    isWantedFile: (path) => matches(path, []),
  };
}

async function glob(patterns: readonly string[], folder: string): Promise<Glob | undefined> {
  if (patterns.length === 0) return undefined;
  const { createGlob } = await import('../../files/glob.js');
  return createGlob(patterns, folder);
}
