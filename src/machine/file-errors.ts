import { UnfitFileError } from './regular-file.js';

/** Whether the operating system refused something. */
export function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}

/** What a failure to read a file means for the user and what to do, without the file's name. */
export function readProblem(error: unknown): string {
  if (error instanceof UnfitFileError) return `${error.message}; name another file`;
  return isMissing(error) ? 'does not exist' : 'cannot be read; check its permissions';
}

/** Whether a failure of node:fs says that there is no such file or folder. */
export function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}

/** Whether a failure of node:fs says that this user may not look. */
export function isDenied(error: unknown): boolean {
  return ['EACCES', 'EPERM'].includes(codeOf(error));
}

/** Why something cannot be written and what to do, without its name; the words of the system where there are no better ones. */
export function writeReason(error: unknown): string {
  if (['ENOSPC', 'EDQUOT'].includes(codeOf(error))) return 'the disk or the quota is full; free some space';
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
