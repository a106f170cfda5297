import { PullpinError, printable } from '../../errors.js';
import { isSystemError } from '../../machine/file-errors.js';
import { UnfitFileError } from '../../machine/regular-file.js';

/** What kept a file from being written. */
export type WriteProblem =
  | 'changed'
  | 'gone'
  | 'not-a-file'
  | 'outside'
  | 'read-only'
  | 'no-access'
  | 'read-only-disk'
  | 'disk-full'
  | 'mounted'
  | 'ambiguous'
  | 'not-restored'
  | 'failed';

/** A file was not written. `path` is as it was given. */
export class WriteError extends PullpinError {
  constructor(
    readonly path: string,
    readonly problem: WriteProblem,
    { detail = '', cause }: { readonly detail?: string; readonly cause?: unknown } = {},
  ) {
    super(`${printable(path)} ${EXPLANATIONS[problem]}${printable(detail)}`, { cause });
  }

  /** What a failure means for the writing of this file. Anything unexpected comes back as it is: a bug. */
  static from(path: string, cause: unknown): unknown {
    if (cause instanceof UnfitFileError)
      return new WriteError(path, cause.reason === 'too-large' ? 'changed' : 'not-a-file', { cause });
    if (!isSystemError(cause)) return cause;
    const problem = BY_CODE[cause.code] ?? 'failed';
    return new WriteError(path, problem, { cause, detail: problem === 'failed' ? cause.message : '' });
  }
}

const EXPLANATIONS: Readonly<Record<WriteProblem, string>> = {
  changed: 'was changed by another program meanwhile; run this again',
  gone: 'is no longer there; run this again',
  'not-a-file': 'is no longer a regular file; run this again',
  outside: 'leads out of the folders that may be written; name the file itself',
  'read-only': 'is read-only; make it writable (chmod u+w), or exclude it',
  'no-access': 'cannot be replaced by this user; check the permissions of the file and of its folder',
  'read-only-disk': 'is on a file system that is mounted read-only; exclude it',
  'disk-full': 'cannot be written: the disk or the quota is full; free some space',
  mounted: 'is a mount point, which cannot be replaced; mount the folder around it instead',
  ambiguous: 'would be changed in two ways, by two of its names; exclude one of them',
  'not-restored': 'was written, and could not be put back when another file failed; ',
  failed: 'cannot be written: ',
};

const BY_CODE: Readonly<Record<string, WriteProblem>> = {
  ENOENT: 'gone',
  ENOTDIR: 'gone',
  EISDIR: 'not-a-file',
  ELOOP: 'not-a-file',
  ENXIO: 'not-a-file',
  EACCES: 'no-access',
  EPERM: 'no-access',
  EROFS: 'read-only-disk',
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EBUSY: 'mounted',
};
