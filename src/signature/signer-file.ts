import { PullpinError, printable, UsageError } from '../errors.js';
import { isSystemError, readProblem } from '../machine/file-errors.js';
import { CONFIGURATION_LIMIT, readTextFile } from '../machine/regular-file.js';

/** The text of a file that --verify-signature needs. Throws a UsageError, because a signer whose file cannot be read must not be left out. */
export async function readSignerFile(file: string): Promise<string> {
  return readTextFile(file, CONFIGURATION_LIMIT).catch((cause: unknown) => {
    if (cause instanceof PullpinError || isSystemError(cause)) throw signerFileError(file, readProblem(cause), cause);
    throw cause;
  });
}

/** What is wrong with such a file. */
export function signerFileError(file: string, problem: string, cause?: unknown): UsageError {
  return new UsageError(`--verify-signature ${printable(file)}: ${problem}`, { cause });
}
