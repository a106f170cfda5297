import { heavyWork } from '../../concurrency/heavy-work.js';
import { printable } from '../../errors.js';
import { findInFiles } from '../../list/find.js';
import { type PinFiles, readerOf } from '../../list/pin-files.js';
import type { ChangedFile } from '../../nix/edit/changed-files.js';
import { applyEdits, differsOnlyIn, type FileEdit, reconcileEdits } from '../../nix/edit/edit.js';
import { dataFormat } from '../../nix/language/data-format.js';
import { Lines } from '../../nix/language/position.js';
import { groupedBy } from '../../nix/values/ordered.js';
import { literalsOf } from '../../nix/values/text.js';
import { digestOf } from '../../oci/verified.js';
import { type ChangedPlace, changedPlaces } from '../site/changed-places.js';
import type { JoinedPlan } from './join-plans.js';
import { PlanError } from './read-plan.js';

/** The options with which a bump writes more than values. */
const INSERTS = { 'add-arch': true, systems: 'all' } as const;

/**
 * The files that joined plans change. The plans are not trusted: each file must be the one that they were made for, and each edit must put a word in
 * the place of a value that a pin has there, or be what `--add-arch` and `--systems all` add to Nix and JSON. Throws a PlanError.
 */
export function checkedFiles(joined: JoinedPlan, pinFiles: PinFiles): ChangedFile[] {
  const read = readerOf(pinFiles);
  checkUnchanged(joined, pinFiles, read);
  const { edits, conflicts } = reconcileEdits(joined.changes.flatMap((change) => change.edits));
  const [conflict] = conflicts;
  if (conflict)
    throw new PlanError(`${placeOf(conflict, read)}: the plans would change this in two ways: run one bump for all`);
  const { sites, containers = [] } = findInFiles(pinFiles);
  const places = [...sites.flatMap(changedPlaces), ...containers.flatMap(({ image }) => literalsOf(image))];
  const byFile = groupedBy(places, ({ file }) => file);
  const mayInsert = joined.options['add-arch'] === INSERTS['add-arch'] || joined.options['systems'] === INSERTS.systems;
  const known = edits.map((edit) => {
    const checked = checkedEdit(edit, byFile.get(edit.file) ?? [], mayInsert);
    if (checked) return checked;
    throw new PlanError(`${placeOf(edit, read)}: the plans would change what is no value of a pin: make them again`);
  });
  return Array.from(
    groupedBy(known, ({ file }) => file),
    ([path, own]) => changedFile(path, own, read(path) ?? ''),
  );
}

function checkUnchanged(
  { files, changes }: JoinedPlan,
  pinFiles: PinFiles,
  read: (path: string) => string | undefined,
): void {
  for (const { path, digest } of files) {
    const text = read(path);
    if (text === undefined || digestOf(text) !== digest)
      throw new PlanError(
        `${printable(path)} ${text === undefined ? 'is not there' : 'has changed'} since the plans were made: make them again, or go back to their commit`,
      );
  }
  const planned = new Set(files.map(({ path }) => path));
  const added = pinFiles.files.find(({ path }) => !planned.has(path));
  if (added) throw new PlanError(`${printable(added.path)} was not there when the plans were made: make them again`);
  const foreign = changes.flatMap(({ edits }) => edits).find(({ file }) => !planned.has(file));
  if (foreign)
    throw new PlanError(`the plans change ${printable(foreign.file)} and do not know its text: make them again`);
}

/** What digests, hashes, tags and versions are written with. */
const HARMLESS = /^[\w.:/@+=-]*$/;
const IN_QUOTES = /^"[\w.:/@+=-]*"$/;

/** The edit with what pullpin itself knows of its place; undefined when no bump makes it. */
function checkedEdit(edit: FileEdit, places: readonly ChangedPlace[], mayInsert: boolean): FileEdit | undefined {
  const { file, start, end, text } = edit;
  const place = places.find((each) => each.start <= start && end <= each.end);
  const isNix = dataFormat(file) === undefined;
  if (place?.isOfLayers) return { file, start, end, text, isOfLayers: true };
  const mayHaveQuotes = place?.quote === 'expression' || place?.quote === 'yaml-plain';
  if (place && (HARMLESS.test(text) || (mayHaveQuotes && IN_QUOTES.test(text))))
    return isNix && place.quote !== 'file' ? { file, start, end, text } : { file, start, end, text, isForeign: true };
  if (!mayInsert || places.length === 0) return undefined;
  return dataFormat(file) === 'json'
    ? { file, start, end, text, isForeign: true }
    : isNix
      ? { file, start, end, text }
      : undefined;
}

function changedFile(path: string, edits: readonly FileEdit[], before: string): ChangedFile {
  const after = applyEdits(before, edits);
  const isSound =
    dataFormat(path) === 'json'
      ? isJson(after)
      : edits.some(({ isForeign }) => isForeign) || heavyWork(() => differsOnlyIn(before, after, edits), before.length);
  if (isSound) return { path, before, after };
  throw new PlanError(`${printable(path)}: the plans would change more than the values of its pins: make them again`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function placeOf({ file, start }: FileEdit, read: (path: string) => string | undefined): string {
  return `${printable(file)}:${new Lines(read(file) ?? '').at(start).line}`;
}
