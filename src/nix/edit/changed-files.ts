import { heavyWork } from '../../concurrency/heavy-work.js';
import { applyEdits, differsOnlyIn, type FileEdit, reconcileEdits } from './edit.js';

/** A file that edits change. */
export interface ChangedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/**
 * The files with the edits made. Checks that each file is the same program except for the edits. `read` gives the texts before them. Throws only
 * when pullpin has a bug.
 */
export function changedFiles(all: readonly FileEdit[], read: (path: string) => string | undefined): ChangedFile[] {
  const { edits } = reconcileEdits(all);
  return [...new Set(edits.map(({ file }) => file))].map((path) => {
    const own = edits.filter(({ file }) => file === path);
    const before = read(path);
    if (before === undefined) throw new TypeError(`${path} was read when its pins were found, and is gone now`);
    const after = applyEdits(before, own);
    if (!own.some(({ isData }) => isData) && !heavyWork(() => differsOnlyIn(before, after, own), before.length))
      throw new TypeError(`the edits of ${path} would change more than its pins`);
    return { path, before, after };
  });
}
