import type { PinSite } from '../nix/find/pin-site.js';

/** A file in which pullpin looks for pins. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Code that looks like a pin but cannot be handled, or a file that cannot be read. `code` is the kind of problem. */
export interface ListedProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
  readonly imageDigest?: string | undefined;
}

/** Problems that a valid file may have. */
const NOTICES: ReadonlySet<string> = new Set([
  ...['template', 'manifest-file', 'stray-directive', 'unrecognised'],
  ...['unknown-argument', 'other-hash', 'foreign-fetcher', 'unknown-fetcher'],
]);

/** Whether a problem with this code is one that a valid file may have. */
export function isNotice(code: string): boolean {
  return NOTICES.has(code);
}

/** What there is to say of pins that may well be bumped, once for a place; nothing of those that stay as they are. */
export function cautionsOf(sites: readonly PinSite[]): ListedProblem[] {
  const cautions = sites.flatMap(cautionProblems);
  return [
    ...new Map(cautions.map((each) => [`${each.line}:${each.column} ${each.message} ${each.file}`, each])).values(),
  ];
}

function cautionProblems({ cautions = [], isFrozen, imageDigest }: PinSite): ListedProblem[] {
  if (isFrozen) return [];
  return cautions.map((caution) => ({ ...caution, imageDigest: imageDigest.text }));
}

/** The hashes of a pin that pullpin cannot change, because their values cannot be followed; empty for a pin that stays as it is. */
export function unfollowedHashes({ hashes, isFrozen, imageDigest }: PinSite): ListedProblem[] {
  if (isFrozen) return [];
  return hashes.flatMap(({ attribute, value }) =>
    value.kind === 'unfollowable'
      ? [
          {
            ...value,
            message: `${attribute} cannot be followed: ${value.message}`,
            code: 'unfollowable',
            imageDigest: imageDigest.text,
          },
        ]
      : [],
  );
}

/**
 * The files in which pullpin looks for pins. `openPinFiles` reads them from the disk. For texts from elsewhere, `files` is enough, such as
 * `{ files: [{ path: 'images.nix', text }] }`.
 */
export interface PinFiles {
  readonly files: readonly SourceFile[];
  /** The files among them that belong to `pullpin lock`, which alone changes them; they are not in `files`. */
  readonly locks?: readonly string[] | undefined;
  /** Files that were found but cannot be read as text. */
  readonly unreadable?: readonly ListedProblem[] | undefined;
  /** Reads a file that one of them imports; undefined when it is not there or may not be read. Imports are not followed when absent. */
  readonly read?: ((path: string) => string | undefined) | undefined;
  /** Files that pullpin only reads, by absolute path: they show how the pins of `files` are fetched. */
  readonly callers?:
    | {
        readonly files: readonly SourceFile[];
        /** Reads a file that one of them imports, as `read` above does. */
        readonly read: (path: string) => string | undefined;
      }
    | undefined;
  /** The absolute path of a file whose `path` is not a real path, such as that of stdin. */
  readonly standsFor?: ReadonlyMap<string, string> | undefined;
  /** Paths are resolved against this folder; the current one when absent. */
  readonly folder?: string | undefined;
  /** Real paths of the folders below which files may be written; everywhere when absent. */
  readonly roots?: readonly string[] | undefined;
  /** Whether image strings without a digest count as pins, which a bump then gives one. */
  readonly withUnpinned?: boolean | undefined;
}

/** Reads the text of a file; undefined when it is not there or may not be read. */
export type Read = (path: string) => string | undefined;

/** Reads the files themselves and what they import. */
export function readerOf({ files, read = () => undefined }: PinFiles): Read {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  return (path) => texts.get(path) ?? read(path);
}
