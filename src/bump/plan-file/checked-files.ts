import { heavyWork } from '../../concurrency/heavy-work.js';
import { printable } from '../../errors.js';
import { findInFiles } from '../../list/find.js';
import { findInFile } from '../../list/find-in-file.js';
import { type PinFiles, type Read, readerOf } from '../../list/pin-files.js';
import type { ChangedFile } from '../../nix/edit/changed-files.js';
import { applyEdits, differsOnlyIn, type FileEdit, reconcileEdits } from '../../nix/edit/edit.js';
import type { PinSite } from '../../nix/find/pin-site.js';
import { dataFormat } from '../../nix/language/data-format.js';
import { Lines } from '../../nix/language/position.js';
import { groupedBy } from '../../nix/values/ordered.js';
import { literalsOf } from '../../nix/values/text.js';
import { digestOf } from '../../oci/verified.js';
import { type ChangedPlace, changedPlaces } from '../site/changed-places.js';
import { insertedEdits } from './inserted-edits.js';
import type { JoinedPlan } from './join-plans.js';
import { PlanError } from './read-plan.js';

/**
 * The files that joined plans change. The plans are not trusted: each file must be the one that they were made for, and each edit must put a word in
 * the place of a value that a pin has there, or be what `--add-arch` and `--systems all` add to this pin. Throws a PlanError.
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
  const inserted = insertions(joined, sites, read);
  const known = edits.map((edit) => {
    const checked = checkedEdit(edit, byFile.get(edit.file) ?? [], inserted);
    if (checked) return checked;
    throw new PlanError(`${placeOf(edit, read)}: the plans would change what is no value of a pin: make them again`);
  });
  return Array.from(
    groupedBy(known, ({ file }) => file),
    ([path, own]) => changedFile(path, own, read),
  );
}

/** The edits that add attributes and entries, when the plans were made with an option that adds some. */
function insertions({ changes, options }: JoinedPlan, sites: readonly PinSite[], read: Read): ReadonlySet<string> {
  if (options['add-arch'] !== true && options['systems'] !== 'all') return new Set();
  const byPlace = groupedBy(sites, keyOfPlace);
  return new Set(
    changes.flatMap((change) => insertedEdits(change, byPlace.get(keyOfPlace(change.pin)) ?? [], read)).map(keyOfEdit),
  );
}

function keyOfPlace({ file, line, column }: Pick<PinSite, 'file' | 'line' | 'column'>): string {
  return `${line}:${column} ${file}`;
}

function keyOfEdit({ file, start, end, text }: FileEdit): string {
  return JSON.stringify([file, start, end, text]);
}

function checkUnchanged({ files, changes }: JoinedPlan, pinFiles: PinFiles, read: Read): void {
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
  const unplanned = changes.flatMap(({ edits }) => edits).find(({ file }) => !planned.has(file));
  if (unplanned)
    throw new PlanError(`the plans change ${printable(unplanned.file)} and do not know its text: make them again`);
}

/** What digests, hashes, tags and versions are written with. With a colon at its end, a word would be a key of YAML. */
const HARMLESS = /^(?:[\w.:/@+=-]*[\w./@+=-])?$/;
const IN_QUOTES = /^"[\w.:/@+=-]*"$/;

/** The edit with what pullpin itself knows of its place; undefined when no bump makes it. */
function checkedEdit(
  edit: FileEdit,
  places: readonly ChangedPlace[],
  inserted: ReadonlySet<string>,
): FileEdit | undefined {
  const { file, start, end, text } = edit;
  const place = places.find((each) => each.start <= start && start <= end && end <= each.end);
  const isNix = dataFormat(file) === undefined;
  if (place?.isOfLayers) return { file, start, end, text, isOfLayers: true };
  const mayHaveQuotes = place?.quote === 'expression' || place?.quote === 'yaml-plain';
  if (place && (HARMLESS.test(text) || (mayHaveQuotes && IN_QUOTES.test(text))))
    return isNix && place.quote !== 'file' ? { file, start, end, text } : { file, start, end, text, isData: true };
  if (!inserted.has(keyOfEdit(edit))) return undefined;
  return isNix ? { file, start, end, text } : { file, start, end, text, isData: true };
}

function changedFile(path: string, edits: readonly FileEdit[], read: Read): ChangedFile {
  const before = read(path) ?? '';
  const after = applyEdits(before, edits);
  const isSound = dataFormat(path)
    ? isReadable(path, after, read)
    : edits.some(({ isData }) => isData) || heavyWork(() => differsOnlyIn(before, after, edits), before.length);
  if (isSound) return { path, before, after };
  throw new PlanError(`${printable(path)}: the plans would change more than the values of its pins: make them again`);
}

function isReadable(path: string, text: string, read: Read): boolean {
  return findInFile({ path, text }, read).problems.every(({ code }) => code !== 'unreadable');
}

function placeOf({ file, start }: FileEdit, read: Read): string {
  return `${printable(file)}:${new Lines(read(file) ?? '').at(start).line}`;
}
