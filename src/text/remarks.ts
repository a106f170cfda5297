import { type Remarks, readRemarks } from '../nix/find/notes/remarks.js';
import type { Range } from '../nix/language/position.js';
import type { Budget } from '../nix/values/budget.js';
import type { DataDocument, DataEntry, DataFile, DataNode } from './tree/data-file.js';
import type { DataVisit } from './tree/visits.js';

/** The places of a pin, around which a comment is meant for it. */
export interface RemarkedPin {
  readonly visit: DataVisit;
  /** The literals of its name and its digest. */
  readonly literals: readonly Range[];
  /** The full repository of its image, such as `docker.io/library/redis`. */
  readonly repository: string | undefined;
}

type OfPin = Pick<Remarks, 'notes' | 'rules' | 'isFrozen' | 'directives' | 'malformed'>;

/** Reads what the comments of a data file say of its pins, as those of a Nix file do. */
export class DataRemarks {
  /** Whether the first keys of the documents have a digest: many pins may ask for it. */
  private readonly withDigest = new Map<Range, boolean>();

  constructor(
    private readonly file: DataFile,
    private readonly budget: Budget,
  ) {}

  /** The comments at a pin, and each `freeze` above or beside the key of what the pin stands in. */
  on({ visit, literals, repository }: RemarkedPin): OfPin {
    if (this.file.comments.length === 0)
      return { notes: [], rules: [], isFrozen: false, directives: [], malformed: [] };
    const { node, place = node } = visit;
    const whole = node.kind === 'map' ? [place] : [];
    const own = this.read({ whole, places: [place], literals, repository });
    const around = this.read({ whole: [], places: this.around(visit), literals: [], repository: undefined });
    const isFrozen = own.isFrozen || around.isFrozen;
    return { ...own, isFrozen, directives: [...own.directives, ...around.freezes] };
  }

  private read(places: Omit<Parameters<typeof readRemarks>[0], 'file'>): Remarks {
    return readRemarks({ file: this.file, ...places }, this.budget);
  }

  private around({ parent, document }: DataVisit): Range[] {
    const places: Range[] = [];
    for (let at = parent; at; at = at.parent) if (at.place) places.push(this.lineOf(at.place));
    return [...places, ...this.startOf(document)];
  }

  /** What stands behind the last line of a group is meant for the last of its pins. */
  private lineOf({ start, end }: Range): Range {
    const key = /^[^\n#]{0,200}?[:\]](?=[ \t]+#)/.exec(this.file.source.slice(start, Math.min(end, start + 300)));
    return { start, end: start + (key?.[0].length ?? 0) };
  }

  /**
   * What stands above a document: above its `---`, or above its first key where that has no image itself. A comment above a first key that has
   * one is meant for that key.
   */
  private startOf({ root, start }: DataDocument): Range[] {
    const first = firstPlace(root);
    const isOfFirst = first !== undefined && this.hasDigest(first);
    const places = [...(start < root.start ? [start] : []), ...(isOfFirst ? [] : [root.start])];
    return places.map((at) => ({ start: at, end: at }));
  }

  private hasDigest(range: Range): boolean {
    const known = this.withDigest.get(range) ?? DIGEST.test(this.file.source.slice(range.start, range.end));
    this.withDigest.set(range, known);
    return known;
  }
}

/** The first key of a document that is written for itself: a table of TOML may imply those around it. */
function firstPlace(root: DataNode): Range | undefined {
  let at: DataNode | undefined = root;
  while (at?.kind === 'map') {
    const [first]: readonly DataEntry[] = at.entries;
    if (first?.place) return first.place;
    at = first?.value.kind === 'list' ? first.value.items[0] : first?.value;
    if (at && first?.value.kind === 'list') return at;
  }
  return undefined;
}

const DIGEST = /sha256:[0-9a-f]{64}/;
