import { dirname, resolve } from 'node:path';
import { removeLeftovers } from '../files/writing/leftovers.js';
import { writeFiles } from '../files/writing/write-files.js';
import { type PinFiles, readerOf } from '../list/pin-files.js';
import { fromProcess } from '../machine/machine.js';
import { changedFiles } from '../nix/edit/changed-files.js';
import { reconcileEdits } from '../nix/edit/edit.js';
import type { Finding } from './findings/finding.js';

/** What was corrected, and what was not. */
export interface Fixed {
  readonly fixed: readonly Finding[];
  /** The findings that have no safe correction, or one that conflicts with another one. */
  readonly left: readonly Finding[];
  /** The files that were written. */
  readonly files: readonly string[];
  /** Files that had other names (hard links), under which the old text stays. */
  readonly separated: readonly string[];
}

/**
 * Makes the edits of the findings that have some: all files are written, or none. A file that has changed meanwhile is not written. Throws a
 * PullpinError.
 */
export async function fixFindings(
  findings: readonly Finding[],
  pinFiles: PinFiles,
  signal: AbortSignal | undefined,
): Promise<Fixed> {
  const { conflicts } = reconcileEdits(findings.flatMap(({ edits }) => edits));
  const isFixable = ({ edits }: Finding): boolean =>
    edits.length > 0 && !edits.some((edit) => conflicts.some((other) => isSamePlace(edit, other)));
  const fixed = findings.filter(isFixable);
  const left = findings.filter((finding) => !isFixable(finding));
  if (fixed.length === 0) return { fixed, left, files: [], separated: [] };
  const { folder = fromProcess().folder, roots } = pinFiles;
  const files = changedFiles(
    fixed.flatMap(({ edits }) => edits),
    readerOf(pinFiles),
  );
  await removeLeftovers(files.map(({ path }) => dirname(resolve(folder, path))));
  const { written, failed, separated } = await writeFiles(files, { folder, roots, signal });
  const [failure] = failed;
  if (failure) throw failure;
  return { fixed, left, files: written, separated };
}

type Place = { readonly file: string; readonly start: number; readonly end: number };

function isSamePlace(one: Place, other: Place): boolean {
  return one.file === other.file && one.start === other.start && one.end === other.end;
}
