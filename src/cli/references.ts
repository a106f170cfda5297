import { UsageError } from '../errors.js';
import type { Reference } from '../index.js';
import type { Context } from './context.js';

/** A list longer than this is a mistake, in characters. */
const MAX_LIST = 4 * 1024 * 1024;

/** The images that a command names: its arguments, and the lines of stdin in place of `-`. Throws a UsageError. */
export async function readReferences(images: readonly string[], context: Context): Promise<Reference[]> {
  const { parseReference } = await import('../index.js');
  const names: string[] = [];
  for (const image of images) {
    if (image !== '-') names.push(image);
    else names.push(...(await readLines(context)));
  }
  if (names.length === 0) throw new UsageError('no image was named on stdin');
  return names.map(parseReference);
}

/** The lines of stdin that hold something; what follows a `#` is a comment. */
async function readLines({ stdin }: Context): Promise<string[]> {
  let text = '';
  for await (const chunk of stdin.setEncoding('utf8')) {
    text += chunk;
    if (text.length > MAX_LIST) throw new UsageError('the list of images on stdin is longer than 4 MiB');
  }
  const lines = text.split('\n').map((line) => line.replace(/#.*$/, '').trim());
  return lines.filter((line) => line !== '');
}
