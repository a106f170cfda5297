import { type FailureKind, PullpinError, printable } from '../errors.js';
import { isSystemError } from '../machine/file-errors.js';
import { UnfitFileError } from '../machine/regular-file.js';

/** The largest source that is read, in bytes. */
export const SIZE_LIMIT = 16 * 1024 * 1024;

/** What can be wrong with a file that should be a source. */
export type SourceProblem =
  | UnfitFileError['reason']
  | 'not-utf-8'
  | 'missing'
  | 'name-not-utf-8'
  | 'no-access'
  | 'unreadable';

/** A source cannot be read, and was not touched. `path` is as it was given. */
export class SourceError extends PullpinError {
  /** A path that is not there is a mistake of the command line. */
  override readonly kind: FailureKind;

  constructor(
    readonly path: string,
    readonly problem: SourceProblem,
    options?: ErrorOptions & { readonly near?: string | undefined },
  ) {
    const near = problem === 'missing' ? options?.near : undefined;
    const reason = problem === 'unreadable' && options?.cause instanceof Error ? `: ${options.cause.message}` : '';
    const explanation = near === undefined ? EXPLANATIONS[problem] : `does not exist; did you mean ${printable(near)}?`;
    super(`${printable(path)} ${explanation}${printable(reason)}`, options);
    this.kind = problem === 'missing' ? 'usage' : 'failure';
  }
}

const EXPLANATIONS: Readonly<Record<SourceProblem, string>> = {
  'not-a-file': 'is neither a file nor a folder; omit it',
  'too-large': 'is larger than 16 MiB, the limit for a source; omit it',
  'not-utf-8': 'is not UTF-8 text; convert it, or omit it',
  missing: 'does not exist; check the path',
  'name-not-utf-8': 'has a name that is not UTF-8 text; rename it',
  'no-access': 'cannot be read by this user; check its permissions',
  unreadable: 'cannot be read',
};

const BY_CODE: Readonly<Record<string, SourceProblem>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EACCES: 'no-access',
  EPERM: 'no-access',
  // A socket, which cannot be opened at all.
  ENXIO: 'not-a-file',
};

/** What a failure to read a file means for a source. Anything else comes back as it is: a bug. */
export function sourceErrorOf(path: string, cause: unknown): unknown {
  if (cause instanceof UnfitFileError) return new SourceError(path, cause.reason, { cause });
  if (!isSystemError(cause)) return cause;
  const problem = BY_CODE[cause.code] ?? 'unreadable';
  return new SourceError(path, problem === 'missing' && hasStrangeName(path) ? 'name-not-utf-8' : problem, { cause });
}

/** Whether a name had bytes that are no text: Node puts this character in their place, and the file cannot be opened by what is left. */
export function hasStrangeName(path: string): boolean {
  return path.includes('\ufffd');
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of a source; `encodeSource` gives exactly its bytes back. A byte order mark is U+FEFF at its start, line ends are as they were.
 * Throws a SourceError for bytes that are not UTF-8.
 */
export function decodeSource(bytes: Uint8Array, path: string): string {
  try {
    return strict.decode(bytes);
  } catch (cause) {
    throw new SourceError(path, 'not-utf-8', { cause });
  }
}

/** The bytes of a text in UTF-8. */
export function encodeSource(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}
