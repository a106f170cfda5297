import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMissing } from '../../../machine/file-errors.js';
import { readTextFile } from '../../../machine/regular-file.js';

/** A partial that a template uses, by the name that it is called by. */
export interface Partial {
  readonly name: string;
  readonly file: string;
  readonly source: string;
}

/** The names of partials: words, so that a name can lead to no other folder. */
const NAME = /^[\w-]{1,100}$/;

/**
 * Reads the file `NAME.hbs` beside a template; undefined when there is none. A link that leads out of the template's folder is not followed: it
 * counts as no file. Throws the system's error.
 */
export async function readPartial(template: string, name: string): Promise<Partial | undefined> {
  if (!NAME.test(name)) return undefined;
  const file = join(dirname(template), `${name}.hbs`);
  try {
    const [place, folder] = await Promise.all([realpath(file), realpath(dirname(template))]);
    if (dirname(place) !== folder) return undefined;
    return { name, file, source: await readTextFile(place) };
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw cause;
  }
}
