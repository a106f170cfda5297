import { UsageError } from '../../errors.js';
import type { Reference } from '../../oci/reference.js';
import { parseReference } from '../../oci/reference.js';
import type { Context } from '../terminal/context.js';
import { readStdin } from '../terminal/stdin.js';

/** A list longer than this is a mistake, in characters. */
const MAX_LIST = 4 * 1024 * 1024;

/** The images that a run is about. */
export interface NamedImages {
  readonly references: readonly Reference[];
  /** The registries of those that the command line itself names; a list on stdin never decides where a password goes. */
  readonly registries: readonly string[];
}

/** The images that a command names: its arguments, and the lines of stdin in place of `-`. Throws a UsageError. */
export async function readReferences(
  images: readonly string[],
  options: { readonly 'creds-stdin'?: boolean | undefined },
  context: Context,
): Promise<NamedImages> {
  const isListed = images.includes('-');
  if (images.length === 0) throw new UsageError('name an image, such as redis:7.4, or - for a list on stdin');
  if (isListed && options['creds-stdin']) throw new UsageError('--creds-stdin and - cannot both read stdin');
  const registries = images.filter((image) => image !== '-').map((image) => parseReference(image).registry);
  const listed = isListed ? await readList(context) : [];
  const names = images.flatMap((image, at) => {
    if (image !== '-') return [image];
    return at === images.indexOf('-') ? listed : [];
  });
  if (names.length === 0) throw new UsageError('no image was named on stdin');
  return { references: names.map((name) => parseReference(name)), registries };
}

/** The lines of stdin that hold something; what follows a `#` is a comment. */
async function readList(context: Context): Promise<string[]> {
  const text = await readStdin(context, MAX_LIST, 'the list of images');
  const lines = text.split('\n').map((line) => line.replace(/#.*$/s, '').trim());
  return lines.filter((line) => line !== '');
}
