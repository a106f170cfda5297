import { tagPlaces } from '../list/shared-tags.js';
import { type FileEdit, reconcileEdits } from '../nix/edit/edit.js';
import type { PinSite } from '../nix/find/pin-site.js';
import type { PinChange } from './one-pin/pin-change.js';
import { valuePlaces } from './site/changed-places.js';

/** A change that cannot be made. */
export interface Conflict {
  readonly change: PinChange;
  /** The other pin that stands in its way; undefined when that is a value of the same pin. */
  readonly rival: Placed | undefined;
}

export interface SeparatedChanges {
  readonly changes: readonly PinChange[];
  /** Changes that would also change another pin, or that need another text at the same place. */
  readonly conflicting: readonly Conflict[];
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
  const held = new HeldPlaces();
  for (const site of kept) held.add(valuePlaces(site).map(placeOf), site);
  for (const { edits, pin } of unwanted) held.add(edits.map(placeOf), pin);
  const disputed = new Set(reconcileEdits(changes.flatMap(({ edits }) => edits)).conflicts.map(placeOf));
  for (const { edits, pin } of disputed.size > 0 ? changes : [])
    held.add(
      edits.map(placeOf).filter((place) => disputed.has(place)),
      pin,
    );
  for (const { places, pin } of readByOthers(changes, siteOf)) held.add(places, pin);
  const conflicting = new Map<PinChange, Conflict>();
  for (let before = -1; before < conflicting.size; ) {
    before = conflicting.size;
    for (const change of changes) {
      const places = change.edits.map(placeOf);
      if (conflicting.has(change) || !places.some((place) => held.has(place))) continue;
      conflicting.set(change, { change, rival: held.rivalOf(change.pin, places) });
      held.add(places, change.pin);
    }
  }
  return { changes: changes.filter((change) => !conflicting.has(change)), conflicting: [...conflicting.values()] };
}

/** The place of a pin. */
type Placed = Pick<PinSite, 'file' | 'line' | 'column'>;

/** The literals that must stay as they are, each with the pins that hold it. */
class HeldPlaces {
  private readonly pins = new Map<string, Placed[]>();

  add(places: readonly string[], pin: Placed): void {
    for (const place of places) {
      const known = this.pins.get(place);
      if (known) known.push(pin);
      else this.pins.set(place, [pin]);
    }
  }

  has(place: string): boolean {
    return this.pins.has(place);
  }

  /** A pin elsewhere that holds one of these places. */
  rivalOf({ file, line, column }: Placed, places: readonly string[]): Placed | undefined {
    const isElsewhere = (pin: Placed) => pin.file !== file || pin.line !== line || pin.column !== column;
    return places.flatMap((place) => this.pins.get(place) ?? []).find(isElsewhere);
  }
}

/** The places of tags that one change edits, and that the pin of another change reads without editing them. */
function readByOthers(
  changes: readonly PinChange[],
  siteOf: (change: PinChange) => PinSite | undefined,
): { readonly places: readonly string[]; readonly pin: Placed }[] {
  const moved = new Set(changes.filter(movesItsTag).flatMap(({ edits }) => edits.map(placeOf)));
  if (moved.size === 0) return [];
  return changes.map((change) => {
    const site = siteOf(change);
    const own = new Set(change.edits.map(placeOf));
    const read = site ? tagPlaces(site).map(placeOf) : [];
    return { places: read.filter((place) => moved.has(place) && !own.has(place)), pin: change.pin };
  });
}

function movesItsTag({ from, to }: PinChange): boolean {
  return from.tag !== to.tag;
}

function placeOf({ file, start, end }: Pick<FileEdit, 'file' | 'start' | 'end'>): string {
  return `${start}-${end} ${file}`;
}
