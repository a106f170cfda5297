import { posix } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PullpinError } from '../errors.js';
import { mayMatter } from '../nix/find/find-pins.js';
import type { PinSite } from '../nix/find/pin-site.js';
import { dataFormat } from '../nix/language/data-format.js';
import { tokenize } from '../nix/language/lexer.js';
import { findInCallers } from './callers-pins.js';
import { joinedFinds } from './find.js';
import { type FoundInFiles, findInFile } from './find-in-file.js';
import { findInNamingFiles } from './naming-files.js';
import { type PinFiles, type Read, readerOf, type SourceFile } from './pin-files.js';

/** How the files of a run are grouped. */
export interface GroupSettings {
  /** Whether files that share nothing are found apart. Otherwise there is one group. */
  readonly isApart: boolean;
  /** Called with the pins of each file, as the file alone shows them. */
  readonly onFound?: ((sites: readonly PinSite[]) => void) | undefined;
}

/**
 * Finds the pins of a run in groups of files, so that a caller can let go of one group before it asks for the next. No pin of a group shares a value
 * with one of another: the files that read others are one group with the files that they read, and each file that is left is one of its own.
 */
export async function* findGroups(pinFiles: PinFiles, settings: GroupSettings): AsyncGenerator<FoundInFiles> {
  const { files, callers } = pinFiles;
  const { isApart, onFound = () => {} } = settings;
  // A caller outside of the run may read any of its files.
  const isOne = !isApart || (callers?.files ?? []).length > 0;
  const joined = new JoinedFiles(pinFiles, isOne ? files : files.filter(mayReadOthers));
  for (const each of joined.search()) {
    onFound(each.sites);
    if (each.sites.length > 0) await nextTurn();
  }
  yield joined.found();
  for (const file of files) {
    if (joined.has(file)) continue;
    const found = findInFile(file, joined.readAlone(file), pinFiles);
    if (found.sites.length === 0 && found.problems.length === 0 && found.containers === undefined) continue;
    onFound(found.sites);
    await nextTurn();
    yield joinedFinds([found]);
  }
}

/** The files of a run that read others, and those that they read. */
class JoinedFiles {
  private readonly names: ReadonlySet<string>;
  private readonly read: Read;
  private readonly finds = new Map<SourceFile, FoundInFiles>();
  /** The files of the run that others have read, by their names. */
  private readonly named = new Set<string>();
  private others: readonly FoundInFiles[] = [];

  constructor(
    private readonly pinFiles: PinFiles,
    private readonly readers: readonly SourceFile[],
  ) {
    this.names = new Set(pinFiles.files.map(nameOf));
    this.read = readerOf(pinFiles);
  }

  /** Searches the files one after another. */
  *search(): Generator<FoundInFiles> {
    const { files } = this.pinFiles;
    const noted: Read = (path) => {
      this.named.add(posix.normalize(path));
      return this.read(path);
    };
    for (const file of this.readers) yield this.find(file, noted);
    this.others = findInNamingFiles(this.pinFiles, noted);
    for (const file of files)
      if (!this.finds.has(file) && this.named.has(nameOf(file))) yield this.find(file, this.readAlone(file));
  }

  has(file: SourceFile): boolean {
    return this.finds.has(file);
  }

  /** What was found, in the order of the run's files. */
  found(): FoundInFiles {
    const own = this.pinFiles.files.flatMap((file) => this.finds.get(file) ?? []);
    return joinedFinds([...own, ...this.others, ...findInCallers(this.pinFiles, own)]);
  }

  /** Reads for a file that reads no file of the run: if it did, its pins would belong to this group. */
  readAlone(reader: SourceFile): Read {
    return (path) => {
      const name = posix.normalize(path);
      if (this.names.has(name) && name !== nameOf(reader))
        throw new TypeError(`${reader.path} reads ${path}, although no path stands in it`);
      return this.read(path);
    };
  }

  private find(file: SourceFile, read: Read): FoundInFiles {
    const found = findInFile(file, read, this.pinFiles);
    this.finds.set(file, found);
    return found;
  }
}

function nameOf({ path }: SourceFile): string {
  return posix.normalize(path);
}

/** Whether a file may read another one: for that, Nix wants a path, or a text that begins as one. */
function mayReadOthers({ path, text }: SourceFile): boolean {
  if (dataFormat(path) !== undefined || !mayMatter(text)) return false;
  try {
    const { kinds, starts } = tokenize(text, path);
    return kinds.some((kind, at) => {
      const begin = starts[at] ?? 0;
      return kind === 'path' || kind === 'search-path' || (kind === 'text' && text.startsWith('/', begin));
    });
  } catch (error) {
    // The search for its pins reports what is wrong with it, and it is no code that could read anything.
    if (error instanceof PullpinError) return false;
    throw error;
  }
}
