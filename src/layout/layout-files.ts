import { constants, existsSync } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { PullpinError } from '../errors.js';
import { readRegularFile, UnfitFileError } from '../machine/regular-file.js';

/** The largest manifest that skopeo reads, in bytes. */
const MAX_MANIFEST_SIZE = 4 * 1024 * 1024;

/** An OCI layout on disk is damaged or incomplete, or the folder is not one. */
export class LayoutError extends PullpinError {
  constructor(
    readonly folder: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`OCI layout ${folder}: ${problem}`, options);
  }
}

/** The bytes of a small file of the layout, at most 4 MiB. Throws a LayoutError. */
export async function readLayoutFile(folder: string, path: string): Promise<Uint8Array> {
  try {
    const real = await realPath(folder, path);
    return (await readRegularFile(real, { limit: MAX_MANIFEST_SIZE, refuseLink: true })).bytes;
  } catch (cause) {
    throw layoutErrorOf(folder, path, cause);
  }
}

/** Opens a file of the layout, of any size. Throws a LayoutError. */
export async function openLayoutFile(folder: string, path: string): Promise<FileHandle> {
  try {
    // Without O_NONBLOCK, to open a pipe would wait for its other end.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const file = await open(await realPath(folder, path), flags);
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (cause) {
    throw layoutErrorOf(folder, path, cause);
  }
  throw new LayoutError(folder, `${path} is not a regular file`);
}

async function realPath(folder: string, path: string): Promise<string> {
  const real = await realpath(join(folder, path));
  if (real === join(await realpath(folder), path)) return real;
  throw new LayoutError(folder, `${path} is a link, and links are not followed`);
}

function layoutErrorOf(folder: string, path: string, cause: unknown): LayoutError {
  if (!existsSync(folder)) return new LayoutError(folder, 'there is no such folder', { cause });
  return cause instanceof LayoutError ? cause : new LayoutError(folder, problemOf(path, cause), { cause });
}

function problemOf(path: string, cause: unknown): string {
  if (cause instanceof UnfitFileError)
    return `${path} ${cause.message}${cause.reason === 'too-large' ? ', the most that skopeo reads' : ''}`;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return `${path} is missing`;
  if (code === 'ENOTDIR')
    return 'it is a file, not a folder: unpack it, or have docker buildx write type=oci,tar=false';
  return `${path} cannot be read`;
}
