import type { PinSite } from '../find/pin-site.js';
import { parseNix } from '../language/parser.js';
import type { Range } from '../language/position.js';
import { constantText } from '../language/string-text.js';
import type { Assignment, AttributeName } from '../language/syntax.js';
import { descendants } from '../language/traverse.js';
import { nixAttribute, nixString } from '../literals/text.js';
import { isSystem } from '../values/systems.js';
import { applyEdits, type FileEdit } from './edit.js';
import { insertAfter, takeOut } from './insert-after.js';

type Read = (path: string) => string | undefined;

/** One attribute of a table by system: `aarch64-linux = …;`. */
export interface SystemEntry extends Range {
  readonly system: string;
  readonly name: AttributeName;
}

/** A set in a Nix file with a value for each of several Nix systems. */
export interface SystemTable {
  readonly file: string;
  readonly source: string;
  /** In the order of the source. */
  readonly entries: readonly SystemEntry[];
}

/** The table that contains the hash of a site, and the entry of the hash; undefined when the hash is in no table. */
export function systemTable(site: PinSite, read: Read): { table: SystemTable; own: SystemEntry } | undefined {
  const [place] = site.hashes.flatMap(({ value }) =>
    value.kind === 'text' ? value.segments.flatMap(({ origin }) => origin ?? []) : [],
  );
  const source = place?.file.endsWith('.nix') || place?.file === site.file ? read(place.file) : undefined;
  if (!place || source === undefined || place.file.endsWith('.json')) return undefined;
  let found: { table: SystemTable; own: SystemEntry } | undefined;
  for (const expression of descendants(parseNix(source, place.file).root)) {
    if (expression.kind !== 'set' || place.start < expression.start || expression.end < place.end) continue;
    const assignments = expression.bindings.filter((each): each is Assignment => each.kind === 'assignment');
    const entries = assignments.flatMap((each) => entryOf(each, source));
    const own = entries.find(({ start, end }) => start <= place.start && place.end <= end);
    if (own) found = { table: { file: place.file, source, entries }, own };
  }
  return found;
}

function entryOf({ path, start, end }: Assignment, source: string): SystemEntry[] {
  const [name, ...others] = path;
  if (!name || others.length > 0 || name.kind === 'interpolation') return [];
  const system = name.kind === 'variable' ? name.name : constantText(source, name);
  return system !== undefined && isSystem(system) ? [{ system, name, start, end }] : [];
}

/** Whether an edit changes a part of an entry. */
export function isInEntry({ file, start, end }: FileEdit, table: SystemTable, entry: SystemEntry): boolean {
  return file === table.file && entry.start <= start && end <= entry.end;
}

/** The text of an entry for another system, with edits of its values. */
export function copyOfEntry(
  { source }: SystemTable,
  { start, end, name }: SystemEntry,
  system: string,
  edits: readonly FileEdit[],
): string {
  const key = name.kind === 'variable' ? nixAttribute(system) : nixString(system);
  const own = [{ start: name.start, end: name.end, text: key }, ...edits];
  const shifted = own.map((edit) => ({ start: edit.start - start, end: edit.end - start, text: edit.text }));
  return applyEdits(source.slice(start, end), shifted);
}

/** The edits that remove entries from a table, and insert others after its last one. */
export function tableEdits(
  { file, source, entries }: SystemTable,
  dropped: readonly SystemEntry[],
  added: readonly string[],
): FileEdit[] {
  const kept = entries.filter(({ start }) => dropped.every((each) => each.start !== start));
  const last = kept.at(-1);
  return [
    ...dropped.map((entry) => ({ file, ...takeOut(source, entry) })),
    ...(last && added.length > 0 ? [{ file, ...insertAfter(source, last, added) }] : []),
  ];
}
