import { heavyWork } from '../concurrency/heavy-work.js';
import { PullpinError } from '../errors.js';
import { isOfLock } from '../files/of-lock.js';
import { findPins } from '../nix/find/find-pins.js';
import type { ContainerImage, HashBeside, PinProblem, PinSite } from '../nix/find/pin-site.js';
import { dataFormat } from '../nix/language/data-format.js';
import { NixSyntaxError } from '../nix/language/position.js';
import type { Naming } from '../nix/values/files.js';
import { findTextPins } from '../text/find-text-pins.js';
import type { ListedProblem, Read, SourceFile } from './pin-files.js';
import { findUnpinned } from './unpinned/find-unpinned.js';

/** The pins and problems in some files, found without a network. */
export interface FoundInFiles {
  readonly sites: readonly PinSite[];
  readonly problems: readonly (PinProblem | ListedProblem)[];
  /** The hashes that can stand beside digests of these files. */
  readonly besides: readonly HashBeside[];
  readonly containers?: readonly ContainerImage[];
  /** The directives that belong to these pins, by `rangeKey`. */
  readonly usedDirectives: ReadonlySet<string>;
  /** The parameters of the functions, in any file, that were seen with the arguments of a call, by `rangeKey`. */
  readonly entered: ReadonlySet<string>;
}

/** How the pins of one file are looked for. */
export interface FindInFileSettings {
  readonly naming?: Naming | undefined;
  /** Whether image strings without a digest are pins, too. */
  readonly withUnpinned?: boolean | undefined;
}

/** `isCaller` when it is looked at although nothing in it is like a pin. */
export type FileToSearch = SourceFile & { readonly isCaller?: boolean };

/** Finds the pins of one file. A file that cannot be parsed has one problem and no pins. */
export function findInFile(
  { path, text, isCaller }: FileToSearch,
  read: Read,
  { naming, withUnpinned = false }: FindInFileSettings = {},
): FoundInFiles {
  const nothing = { sites: [], besides: [], usedDirectives: new Set<string>(), entered: new Set<string>() };
  if (isOfLock(text)) return { ...nothing, problems: [] };
  try {
    const format = dataFormat(path);
    return heavyWork(() => {
      if (format) return findTextPins(text, { path, format, withUnpinned });
      const found = findPins(text, { path, read, naming, isCaller });
      if (!withUnpinned) return found;
      const { sites, usedDirectives } = findUnpinned(path, text, found);
      return {
        ...found,
        sites: [...found.sites, ...sites].toSorted((one, other) => one.start - other.start),
        usedDirectives: new Set([...found.usedDirectives, ...usedDirectives]),
      };
    });
  } catch (error) {
    if (!(error instanceof PullpinError)) throw error;
    return { ...nothing, problems: [unreadable(path, error)] };
  }
}

function unreadable(file: string, error: PullpinError): ListedProblem {
  const { line, column, problem } =
    error instanceof NixSyntaxError ? error : { line: 1, column: 1, problem: error.message };
  return { file, line, column, code: 'unreadable', message: problem };
}
