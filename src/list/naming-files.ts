import { posix } from 'node:path';
import { mayMatter } from '../nix/find/find-pins.js';
import { dataFormat } from '../nix/language/data-format.js';
import { type FoundInFiles, findInFile } from './find-in-file.js';
import { type PinFiles, type Read, readerOf, type SourceFile } from './pin-files.js';

/** A file is named by one that another one names, and so on: no pin is handed on further. */
const ROUNDS = 3;
const PATH = /[\w.+~-]*(?:\/[\w.+-]+)+/g;

/**
 * What files of a run show that have nothing like a pin in them, but name a file that has: a function there may get a part of its pin from them,
 * such as its platform or its hash.
 */
export function findInNamingFiles(pinFiles: PinFiles, read: Read = readerOf(pinFiles)): FoundInFiles[] {
  return namingFiles(pinFiles.files).map((file) => findInFile({ ...file, isCaller: true }, read));
}

function namingFiles(files: readonly SourceFile[]): SourceFile[] {
  const isNix = ({ path }: SourceFile) => path.endsWith('.nix');
  let left = files.filter((file) => isNix(file) && !mayMatter(file.text));
  // Nix cannot read YAML.
  let targets = files.filter(({ path, text }) => dataFormat(path) !== 'yaml' && mayMatter(text));
  const found: SourceFile[] = [];
  for (let round = 0; round < ROUNDS && targets.length > 0; round++) {
    const names = new Names(targets);
    targets = left.filter((file) => names.areIn(file));
    found.push(...targets);
    const known = new Set(targets);
    left = left.filter((file) => !known.has(file));
  }
  return found;
}

/** How some files are called in others. */
class Names {
  private readonly paths: ReadonlySet<string>;
  private readonly names: ReadonlySet<string>;

  constructor(files: readonly SourceFile[]) {
    // `default.nix` is called by its folder.
    const paths = files.flatMap(({ path }) => (isDefault(path) ? [path, posix.dirname(path)] : [path]));
    this.paths = new Set(paths.map((path) => posix.normalize(path)));
    this.names = new Set(paths.map((path) => posix.basename(path)).filter((name) => name !== 'default.nix'));
  }

  areIn({ path, text }: SourceFile): boolean {
    const folder = posix.dirname(path);
    return Array.from(text.matchAll(PATH)).some(([written]) => {
      if (/^\.\.?\//.test(written)) return this.paths.has(posix.join(folder, written).replace(/(?<=.)\/$/, ''));
      // After an interpolation or a `+`, the beginning of the path is unknown.
      return this.names.has(posix.basename(written));
    });
  }
}

function isDefault(path: string): boolean {
  return posix.basename(path) === 'default.nix';
}
