import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';

/** The bytes of a regular file, and what the system knows of it. */
export interface RegularFile {
  readonly bytes: Uint8Array;
  readonly stats: Stats;
}

/** How a file is opened: without waiting for the other end of a pipe. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK;
const READ_NO_LINK = READ | constants.O_NOFOLLOW;

/** Why a file that exists was not read. */
export type Unfit = 'not-a-file' | 'too-large';

/** Reads a regular file of at most `limit` bytes that is not a symbolic link. Fails with the errors of `open` (ELOOP for a link). */
export async function readRegularFile(path: string, limit: number): Promise<RegularFile | Unfit> {
  const file = await open(path, READ_NO_LINK);
  try {
    const stats = await file.stat();
    return unfit(stats, limit) ?? { bytes: await file.readFile(), stats };
  } finally {
    await file.close();
  }
}

/** The same at once, for those who cannot wait: an evaluation that comes upon an import, a file that is about to be replaced. */
export function readRegularFileSync(path: string, limit: number): RegularFile | Unfit {
  const file = openSync(path, READ_NO_LINK);
  try {
    const stats = fstatSync(file);
    return unfit(stats, limit) ?? { bytes: readFileSync(file), stats };
  } finally {
    closeSync(file);
  }
}

function unfit(stats: Stats, limit: number): Unfit | undefined {
  if (!stats.isFile()) return 'not-a-file';
  return stats.size > limit ? 'too-large' : undefined;
}

/** Whether the operating system refused something. */
export function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}
