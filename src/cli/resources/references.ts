import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { printable, shellWord, UsageError } from '../../errors.js';
import { isSourceName, nearSource } from '../../files/near-source.js';
import type { Reference } from '../../oci/reference.js';
import { type ImageOperands, type NamedImage, nameImage, referenceOf } from '../options/operands.js';
import { checkOneStdin, type RegistryOptionSettings } from '../options/registries.js';
import { looksLikeFile, noSuchFile } from '../options/right-spelling.js';
import type { Context } from '../terminal/context.js';
import { readStdin } from '../terminal/stdin.js';

/** The longest list on stdin, in characters; a longer one is a mistake. */
const MAX_LIST = 4 * 1024 * 1024;
/** The most images in a list. */
const MAX_IMAGES = 10_000;

/** The images of a run. */
export interface NamedImages {
  /** In the order of the command line and of the list. A name that is not one of an image is a problem of its own. */
  readonly images: readonly NamedImage[];
  /** The registries of the images on the command line. A list on stdin must never decide where a password goes. */
  readonly registries: readonly string[];
}

/** The images that a command names: its operands, and the lines of stdin in place of `-`. Throws a UsageError. */
export async function readImages(
  { named, typed, listAt }: ImageOperands,
  settings: Pick<RegistryOptionSettings, 'readsCredentials'>,
  context: Context,
): Promise<NamedImages> {
  checkOneStdin(listAt !== undefined, settings);
  for (const word of typed) await refuseFile(word, context);
  const listed = listAt === undefined ? [] : (await readList(context)).map(nameImage);
  const images = [...named.slice(0, listAt ?? 0), ...listed, ...named.slice(listAt ?? 0)];
  if (images.length === 0) throw new UsageError('no image was named on stdin');
  // A misspelled name may belong to any registry, so the images may not all have the same one.
  return { images, registries: named.map((each) => ('reference' in each ? each.reference.registry : '')) };
}

/** Refuses a word that names a file or a folder instead of an image. Throws a UsageError. */
async function refuseFile(text: string, { folder }: Context): Promise<void> {
  const [, inFile] = /^([^:]+\.(?:nix|json|toml|ya?ml)):\d+(?:[:-]\d+)?$/.exec(text) ?? [];
  const near = (file: string): Promise<string | undefined> => nearSource(file, resolve(folder, file));
  if (!/^[./~]|[A-Z]|\.[a-z]+$|\/$/.test(text) && inFile === undefined) return;
  const found = await stat(resolve(folder, inFile ?? text)).catch(() => undefined);
  const shown = printable(text);
  if (inFile !== undefined) {
    const problem = found
      ? `is a place in a file, not an image: pullpin bump ${shellWord(text)} updates the pin there`
      : noSuchFile(inFile, await near(inFile));
    throw new UsageError(found ? `${shown} ${problem}` : problem);
  }
  if (!found && looksLikeFile(text)) throw new UsageError(noSuchFile(text, await near(text)));
  if (!found) return;
  // A folder may have the name of an image.
  if (found.isDirectory() && !/^[./~]|\/$/.test(text)) return;
  const hasPins = found.isDirectory() || isSourceName(text);
  const hint = hasPins
    ? `pullpin bump ${shellWord(text)} updates its pins, pullpin list ${shellWord(text)} shows them`
    : 'name an image, such as redis:7.4';
  throw new UsageError(`${shown} is a ${found.isDirectory() ? 'folder' : 'file'}, not an image: ${hint}`);
}

/** The image for a command that takes only one. Throws a UsageError. */
export function oneReference({ images: [image, ...others] }: NamedImages, command: string): Reference {
  if (!image || others.length > 0) throw new UsageError(`${command} looks at one image: name one`);
  return referenceOf(image);
}

/** The lines of stdin without comments (from `#` on) and without empty lines. */
async function readList(context: Context): Promise<string[]> {
  const text = await readStdin(context, MAX_LIST, 'the list of images');
  const lines = text.split('\n').map((line) => line.replace(/#.*$/s, '').trim());
  const images = lines.filter((line) => line !== '');
  if (images.length <= MAX_IMAGES) return images;
  throw new UsageError(`stdin: the list has ${images.length} images; at most ${MAX_IMAGES} are possible`);
}
