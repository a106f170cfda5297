import type { SourceRange } from './value.js';

/** How many items `isBefore` is true for. It must be true for the first items and false for all later ones. */
export function countBefore<Item>(items: readonly Item[], isBefore: (item: Item) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && isBefore(item)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Groups items by a common key. The items of a group keep their order. */
export function groupedBy<Item, Key>(items: Iterable<Item>, keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** Ranges in the order of their starts, each with the largest end of all ranges up to it. */
function withFurthestEnds<Range extends { readonly end: number }>(ranges: readonly Range[]): Range[] {
  let end = 0;
  return ranges.map((range) => {
    end = Math.max(end, range.end);
    return { ...range, end };
  });
}

/** Ranges of several files, in which those that overlap another range are found quickly. */
export class RangeIndex {
  private readonly byFile: ReadonlyMap<string, readonly SourceRange[]>;

  constructor(ranges: readonly SourceRange[]) {
    const inOrder = groupedBy(ranges.toSorted(byStart), ({ file }) => file);
    this.byFile = new Map(Array.from(inOrder, ([file, own]) => [file, withFurthestEnds(own)]));
  }

  /** Whether a range overlaps one of them. */
  overlap({ file, start, end }: SourceRange): boolean {
    const ranges = this.byFile.get(file) ?? [];
    const last = ranges[countBefore(ranges, (range) => range.start < end) - 1];
    return last !== undefined && last.end > start;
  }
}

function byStart(a: SourceRange, b: SourceRange): number {
  return a.start - b.start;
}
