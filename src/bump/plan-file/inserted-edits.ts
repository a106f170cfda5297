import { isDeepStrictEqual } from 'node:util';
import type { Read } from '../../list/pin-files.js';
import { platformAttributes } from '../../nix/edit/add-attributes.js';
import type { FileEdit } from '../../nix/edit/edit.js';
import { type SystemEntry, type SystemTable, systemTable, tableEdits } from '../../nix/edit/system-table.js';
import type { PinSite } from '../../nix/find/pin-site.js';
import type { Range } from '../../nix/language/position.js';
import { literalsOf } from '../../nix/values/text.js';
import { changedPlaces } from '../site/changed-places.js';
import type { JoinedPlan } from './join-plans.js';

type Change = JoinedPlan['changes'][number];

/** The longest text that is compared with entries: a table with all systems of an image of a hundred layers is shorter. */
const MOST_TEXT = 128 * 1024;

/**
 * The edits of a change that add what `--add-arch` and `--systems all` add: exactly those that pullpin makes for this pin. A plan only chooses which
 * systems come and go, and the words in the place of digests, hashes and platforms. None where an edit differs in anything else.
 *
 * @param sites the pins at the place of the change
 */
export function insertedEdits(change: Change, sites: readonly PinSite[], read: Read): readonly FileEdit[] {
  if (change.systems) {
    const isOfTable = sites.some((site) => isEditOfTable(change, site, read));
    return isOfTable ? change.edits : [];
  }
  return change.edits.filter((edit) => sites.some((site) => isOfArch(edit, site, read)));
}

/** Whether an edit gives `os` and `arch` to a pin. */
function isOfArch({ file, start, end, text }: FileEdit, site: PinSite, read: Read): boolean {
  const [, os = 'linux'] = /\bos\s*=\s*"(\w+)"/.exec(text) ?? [];
  const [, architecture] = /\barch\s*=\s*"(\w+)"/.exec(text) ?? [];
  if (start !== end || text.length > 1000 || architecture === undefined) return false;
  return isDeepStrictEqual(platformAttributes(site, { os, architecture }, read), { file, start, end, text });
}

/** Whether the edits of a change are those that remove entries from the table of a pin, and add copies of its entry. */
function isEditOfTable({ edits, systems }: Change, site: PinSite, read: Read): boolean {
  const { table, own } = systemTable(site, read) ?? {};
  if (!table || !own) return false;
  const added = edits.flatMap(({ text }) => copiesIn(text, entryPattern(table, own, site)));
  const dropped = table.entries.filter(({ system }) => systems?.dropped.includes(system));
  const expected = tableEdits(table, dropped, added).map(({ file, start, end, text }) => ({ file, start, end, text }));
  const planned = edits.map(({ file, start, end, text }) => ({ file, start, end, text }));
  return isDeepStrictEqual(expected, planned);
}

/** What is written for a value, and for a list of layers. */
const WORD = String.raw`"?[\w.:/@+=-]*"?`;
const LAYERS = String.raw`\[[\w:"{};=\s]*\]`;

/** What a copy of an entry looks like: the same text, with other words in the place of its values. */
function entryPattern({ source, file }: SystemTable, own: SystemEntry, site: PinSite): RegExp {
  const platform = [site.os, site.arch].flatMap(literalsOf);
  const places: readonly (Range & { isOfLayers?: boolean; file?: string })[] = [
    own.key,
    ...[...changedPlaces(site), ...platform].filter((place) => place.file === file),
  ];
  const inside = places.filter(({ start, end }) => own.start <= start && end <= own.end);
  let at = own.start;
  let pattern = '';
  for (const { start, end, isOfLayers } of inside.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (start < at) continue;
    pattern += `${escaped(source.slice(at, start))}${isOfLayers ? LAYERS : WORD}`;
    at = end;
  }
  return new RegExp(`(${pattern}${escaped(source.slice(at, own.end))})`, 'g');
}

function copiesIn(text: string, pattern: RegExp): string[] {
  return text.length > MOST_TEXT ? [] : Array.from(text.matchAll(pattern), ([copy]) => copy);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
