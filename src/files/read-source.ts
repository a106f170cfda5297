import { realpathSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isSystemError, type RegularFile, readRegularFile, readRegularFileSync, type Unfit } from './regular-file.js';
import { isWithin, type Roots } from './roots.js';
import { decodeSource, SIZE_LIMIT, SourceError, sourceErrorOf } from './source-text.js';

/** The text of a file; undefined when there is none by that path, or none that may be read. */
export type ReadText = (path: string) => string | undefined;

/**
 * The text of a source, losslessly (see `decodeSource`); symbolic links are followed. `path` is resolved against `folder`.
 * Throws a SourceError, which names the file, when it cannot be had.
 */
export async function readSource(path: string, folder: string): Promise<string> {
  const file = await open(resolve(folder, path)).catch((cause: unknown) => {
    throw sourceErrorOf(path, cause);
  });
  if (typeof file === 'string') throw new SourceError(path, file);
  return decodeSource(file.bytes, path);
}

/**
 * A reader for the imports of Nix files, which only sees regular files whose real path lies below one of the roots. Paths are resolved
 * against `folder`; a file that is no source (too large, not UTF-8, not readable) counts as none. A file is read once.
 */
export function readWithin(roots: Roots, folder: string): ReadText {
  const seen = new Map<string, string | undefined>();
  return (path) => {
    const absolute = resolve(folder, path);
    if (!seen.has(absolute)) seen.set(absolute, readImport(absolute, roots));
    return seen.get(absolute);
  };
}

async function open(path: string): Promise<RegularFile | Unfit> {
  return readRegularFile(await realpath(path), SIZE_LIMIT);
}

function readImport(path: string, roots: Roots): string | undefined {
  // A string in Nix code can say what no path can.
  if (path.includes('\0')) return undefined;
  try {
    const real = realpathSync.native(path);
    const file = isWithin(roots, real) ? readRegularFileSync(real, SIZE_LIMIT) : 'not-a-file';
    return typeof file === 'string' ? undefined : decodeSource(file.bytes, path);
  } catch (error) {
    if (error instanceof SourceError || isSystemError(error)) return undefined;
    throw error;
  }
}
