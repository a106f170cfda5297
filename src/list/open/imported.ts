import { posix } from 'node:path';
import type { ReadText } from '../../files/read-source.js';
import { dataFormat } from '../../nix/language/data-format.js';
import type { SourceFile } from '../pin-files.js';

/** How many imports away from a file of the run the last file is. */
const ROUNDS = 3;
/** How many imported files are read. */
const MOST_READ = 200;
const PATH = /\.\.?(?:\/[\w.+-]+)+/g;

/** The files that Nix files name by their paths, and those that these name: a pin may be written in them. Their number is limited. */
export function importedBy(files: readonly SourceFile[], read: ReadText): SourceFile[] {
  const known = new Set(files.map(({ path }) => posix.normalize(path)));
  const found: SourceFile[] = [];
  let wanted = files;
  for (let round = 0; round < ROUNDS && wanted.length > 0; round++) {
    const named = wanted.filter(({ path }) => dataFormat(path) === undefined).flatMap(pathsIn);
    const open = [...new Set(named)].filter((path) => !known.has(path)).slice(0, MOST_READ - found.length);
    for (const path of open) known.add(path);
    wanted = open.flatMap((path) => {
      const text = read(path);
      return text === undefined ? [] : [{ path, text }];
    });
    found.push(...wanted);
  }
  return found;
}

function pathsIn({ path, text }: SourceFile): string[] {
  const paths = Array.from(text.matchAll(PATH), ([written]) => posix.join(posix.dirname(path), written));
  return paths.flatMap((each) => (/\.\w+$/.test(each) ? [each] : [`${each}/default.nix`, each]));
}
