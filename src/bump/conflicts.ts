import { tagPlaces } from '../list/shared-tags.js';
import { type FileEdit, reconcileEdits } from '../nix/edit/edit.js';
import { layeredPlaces, type PinSite } from '../nix/find/pin-site.js';
import { literalsOf } from '../nix/values/text.js';
import type { PinChange } from './one-pin/pin-change.js';

export interface SeparatedChanges {
  readonly changes: readonly PinChange[];
  /** Changes that would also change another pin, or that need another text at the same place. */
  readonly conflicting: readonly PinChange[];
}

/**
 * Removes the changes that would break another pin: two pins share a literal and would get different values
 * there, or a pin shares a literal with a pin that stays as it is. A change is removed as a whole, because digest and hash belong together, and
 * its removal may make other changes impossible as well.
 *
 * @param kept the pins that are not changed
 * @param unwanted changes that are possible but not wanted
 * @param siteOf the pin of a change: a change of a tag that the pin reads must be one of its own
 */
export function separateConflicts(
  changes: readonly PinChange[],
  kept: readonly PinSite[],
  unwanted: readonly PinChange[] = [],
  siteOf: (change: PinChange) => PinSite | undefined = () => undefined,
): SeparatedChanges {
  const held = new Set([...kept.flatMap(valuePlaces), ...unwanted.flatMap(({ edits }) => edits.map(placeOf))]);
  const { conflicts } = reconcileEdits(changes.flatMap(({ edits }) => edits));
  for (const edit of conflicts) held.add(placeOf(edit));
  for (const place of readByOthers(changes, siteOf)) held.add(place);
  const conflicting = new Set<PinChange>();
  for (let before = -1; before < conflicting.size; ) {
    before = conflicting.size;
    for (const change of changes) {
      if (conflicting.has(change) || !change.edits.some((edit) => held.has(placeOf(edit)))) continue;
      conflicting.add(change);
      for (const edit of change.edits) held.add(placeOf(edit));
    }
  }
  return { changes: changes.filter((change) => !conflicting.has(change)), conflicting: [...conflicting] };
}

/** The places of tags that one change edits, and that the pin of another change reads without editing them. */
function readByOthers(changes: readonly PinChange[], siteOf: (change: PinChange) => PinSite | undefined): string[] {
  const moved = new Set(changes.filter(movesItsTag).flatMap(({ edits }) => edits.map(placeOf)));
  if (moved.size === 0) return [];
  return changes.flatMap((change) => {
    const site = siteOf(change);
    const own = new Set(change.edits.map(placeOf));
    const read = site ? tagPlaces(site).map(placeOf) : [];
    return read.filter((place) => moved.has(place) && !own.has(place));
  });
}

function movesItsTag({ from, to }: PinChange): boolean {
  return from.tag !== to.tag;
}

/** The places of the values that a bump may change. */
function valuePlaces(site: PinSite): string[] {
  const { imageDigest, hashes, layered } = site;
  const texts = [imageDigest, ...hashes.map(({ value }) => value)].flatMap(literalsOf);
  return [...texts, ...tagPlaces(site), ...(layered ? layeredPlaces(layered) : [])].map(placeOf);
}

function placeOf({ file, start, end }: Pick<FileEdit, 'file' | 'start' | 'end'>): string {
  return `${start}-${end} ${file}`;
}
