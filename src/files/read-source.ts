import { realpathSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isSystemError } from '../machine/file-errors.js';
import { type ReadOptions, readRegularFile, readRegularFileSync, UnfitFileError } from '../machine/regular-file.js';
import { isWithin, type Roots } from './roots.js';
import { decodeSource, SIZE_LIMIT, SourceError, sourceErrorOf } from './source-text.js';

/** The text of a file; undefined when there is none by that path, or none that may be read. */
export type ReadText = (path: string) => string | undefined;

/**
 * The text of a source, losslessly (see `decodeSource`); symbolic links are followed. `path` is resolved against `folder`.
 * Throws a SourceError, which names the file, when it cannot be read.
 */
export async function readSource(path: string, folder: string): Promise<string> {
  try {
    const { bytes } = await readRegularFile(await realpath(resolve(folder, path)), SOURCE);
    return decodeSource(bytes, path);
  } catch (cause) {
    throw sourceErrorOf(path, cause);
  }
}

/**
 * A reader for the imports of Nix files, which only sees regular files whose real path lies below one of the roots. Paths are resolved
 * against `folder`; a file that is not a source (too large, not UTF-8, not readable) counts as missing. A file is read once.
 */
export function readWithin(roots: Roots, folder: string): ReadText {
  const seen = new Map<string, string | undefined>();
  return (path) => {
    const absolute = resolve(folder, path);
    if (!seen.has(absolute)) seen.set(absolute, readImport(absolute, roots));
    return seen.get(absolute);
  };
}

/** Links were followed before, so a link in the file's place was put there since then. */
const SOURCE: ReadOptions = { limit: SIZE_LIMIT, refuseLink: true };

function readImport(path: string, roots: Roots): string | undefined {
  // A string in Nix code can hold characters that no path can have.
  if (path.includes('\0')) return undefined;
  try {
    const real = realpathSync.native(path);
    return isWithin(roots, real) ? decodeSource(readRegularFileSync(real, SOURCE).bytes, path) : undefined;
  } catch (error) {
    if (error instanceof SourceError || error instanceof UnfitFileError || isSystemError(error)) return undefined;
    throw error;
  }
}
