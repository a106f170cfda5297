import type { PinSite } from '../find/pin-site.js';
import { dataFormat } from '../language/data-format.js';
import { parseNix } from '../language/parser.js';
import type { Range } from '../language/position.js';
import { constantText } from '../language/string-text.js';
import type { Assignment } from '../language/syntax.js';
import { descendants } from '../language/traverse.js';
import { nixAttribute, nixString } from '../literals/text.js';
import { type KeyStyle, keyStyle, systemOfName } from '../values/systems.js';
import { literalsOf } from '../values/text.js';
import { applyEdits, type FileEdit } from './edit.js';
import { insertAfter, takeOut } from './insert-after.js';
import { type JsonEntry, jsonTableEdits, objectsAround } from './json-table.js';
import { styleOfKeys } from './system-keys.js';

type Read = (path: string) => string | undefined;

/** One attribute of a table by system: `aarch64-linux = …;`. */
export interface SystemEntry extends Range {
  /** The key as its text is: `aarch64-linux`, `arm64`, `linux/arm64`. */
  readonly name: string;
  /** The Nix system that the key stands for. */
  readonly system: string;
  /** The key as it is written, with its quotes. */
  readonly key: Range;
}

/** A set in a Nix file, or an object in a JSON file, with a value for each of several systems. */
export interface SystemTable {
  readonly file: string;
  readonly source: string;
  /** How its keys are written. */
  readonly style: KeyStyle;
  /** In the order of the source. */
  readonly entries: readonly SystemEntry[];
}

/** The table that contains the hash of a site, and the entry of the hash; undefined when the hash is in no table. */
export function systemTable(site: PinSite, read: Read): { table: SystemTable; own: SystemEntry } | undefined {
  const [place] = site.hashes.flatMap(({ value }) => literalsOf(value));
  const isReadable = place && (place.file === site.file || /\.(?:nix|json)$/.test(place.file));
  const source = isReadable ? read(place.file) : undefined;
  if (!place || source === undefined) return undefined;
  const { file } = place;
  const format = dataFormat(file);
  if (format !== undefined && format !== 'json') return undefined;
  const sets = format === 'json' ? objectsAround(source, file, place) : setsAround(source, file, place);
  const tables = sets.flatMap((all) => {
    const entries = all.filter(({ name }) => keyStyle(name) !== undefined).flatMap(ofSystem);
    const own = entries.find(({ start, end }) => start <= place.start && place.end <= end);
    const style = styleOfKeys(entries.map(({ name }) => name));
    return own && style ? [{ table: { file, source, style, entries }, own }] : [];
  });
  return tables.at(-1);
}

function ofSystem(entry: JsonEntry): SystemEntry[] {
  const system = systemOfName(entry.name);
  return system === undefined ? [] : [{ ...entry, system }];
}

/** The attributes of the sets around a place, those of the innermost set last. */
function setsAround(source: string, file: string, place: Range): JsonEntry[][] {
  const found: JsonEntry[][] = [];
  for (const expression of descendants(parseNix(source, file).root)) {
    if (expression.kind !== 'set' || place.start < expression.start || expression.end < place.end) continue;
    const assignments = expression.bindings.filter((each): each is Assignment => each.kind === 'assignment');
    found.push(assignments.flatMap((each) => entryOf(each, source)));
  }
  return found;
}

function entryOf({ path, start, end }: Assignment, source: string): JsonEntry[] {
  const [name, ...others] = path;
  if (!name || others.length > 0 || name.kind === 'interpolation') return [];
  const text = name.kind === 'variable' ? name.name : constantText(source, name);
  return text === undefined ? [] : [{ name: text, key: { start: name.start, end: name.end }, start, end }];
}

/** Whether an edit changes a part of an entry. */
export function isInEntry({ file, start, end }: FileEdit, table: SystemTable, entry: SystemEntry): boolean {
  return file === table.file && entry.start <= start && end <= entry.end;
}

/** The text of an entry with another key, and with edits of its values. */
export function copyOfEntry(
  { source, file }: SystemTable,
  { start, end, key }: SystemEntry,
  name: string,
  edits: readonly FileEdit[],
): string {
  const isQuoted = source[key.start] === '"';
  const quoted = isQuoted ? nixString(name) : nixAttribute(name);
  const text = dataFormat(file) === 'json' ? JSON.stringify(name) : quoted;
  const own = [{ ...key, text }, ...edits];
  const shifted = own.map((edit) => ({ start: edit.start - start, end: edit.end - start, text: edit.text }));
  return applyEdits(source.slice(start, end), shifted);
}

/** The edits that remove entries from a table, and insert others after its last one. */
export function tableEdits(
  { file, source, entries }: SystemTable,
  dropped: readonly SystemEntry[],
  added: readonly string[],
): FileEdit[] {
  if (dataFormat(file) === 'json') return jsonTableEdits(source, file, entries, dropped, added);
  const kept = entries.filter(({ start }) => dropped.every((each) => each.start !== start));
  const last = kept.at(-1);
  return [
    ...dropped.map((entry) => ({ file, ...takeOut(source, entry) })),
    ...(last && added.length > 0 ? [{ file, ...insertAfter(source, last, added) }] : []),
  ];
}
