import { heavyWork } from '../../concurrency/heavy-work.js';
import { PullpinError } from '../../errors.js';
import { namedCallers, namingOf } from '../../list/callers-pins.js';
import { type PinFiles, readerOf } from '../../list/pin-files.js';
import type { SystemEntry, SystemTable } from '../../nix/edit/system-table.js';
import { Lines } from '../../nix/language/position.js';
import { readsOfEntry } from '../../nix/uses/entry-reads.js';
import { SiteError } from '../../recipe/site-error.js';

/** Makes sure that an entry which a table loses is read by nothing but the choice by system. Throws a SiteError that says where it is read. */
export type EntryCheck = (table: SystemTable, entry: SystemEntry, system: string) => void;

/** Checks the files of a run, and those of the repository that name them. `system` is one whose values stand in another entry. */
export function entryCheck(pinFiles: PinFiles): EntryCheck {
  const naming = namingOf(pinFiles);
  const callers = namedCallers(pinFiles, naming);
  const read = callers?.read ?? readerOf(pinFiles);
  const files = [...pinFiles.files, ...(callers?.files ?? [])].filter(({ path }) => path.endsWith('.nix'));
  return (table, entry, system) => {
    const { start, end, name } = entry;
    for (const file of files.filter(({ text }) => text.includes(name))) {
      const reads = readsIn(() => readsOfEntry(file, { file: table.file, start, end }, { system, read, naming }));
      const [place] = reads ?? [{ file: file.path, start: 0 }];
      if (!place) continue;
      const { line } = new Lines(read(place.file) ?? '').at(place.start);
      const reason = reads
        ? `${place.file}:${line} reads that entry by its name`
        : `${file.path} takes too much work to see whether it reads that entry`;
      throw new SiteError(
        'systems',
        `${name} is gone from the index and cannot be dropped, because ${reason}: remove both by hand`,
      );
    }
  };
}

/** A file that is not Nix reads nothing; the search for pins reports it. */
function readsIn<Reads>(find: () => Reads): Reads | readonly never[] {
  try {
    return heavyWork(find);
  } catch (error) {
    if (error instanceof PullpinError) return [];
    throw error;
  }
}
