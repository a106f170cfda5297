import type { InventoryEntry } from '../../check/check.js';
import { formatPlatform } from '../../oci/platform.js';
import { percent } from './percent.js';

/** The most rows; a registry may list any number of platforms. */
const MOST_ROWS = 30;

/** For how many pins each platform is fetched, and how many of them offer it; the most first. */
export function platformRows(inventory: readonly InventoryEntry[]) {
  const images = inventory.flatMap(({ image }) => (image ? [image] : []));
  const fetched = tally(images.flatMap(({ platform }) => (platform ? [formatPlatform(platform)] : [])));
  const offered = tally(images.flatMap(({ platforms }) => [...new Set(platforms.map(formatPlatform))]));
  const names = [...new Set([...fetched.keys(), ...offered.keys()])];
  return names
    .map((name) => ({ name, pins: fetched.get(name) ?? 0, offered: offered.get(name) ?? 0 }))
    .toSorted((a, b) => b.pins - a.pins || b.offered - a.offered || (a.name < b.name ? -1 : 1))
    .slice(0, MOST_ROWS)
    .map((row) => ({
      ...row,
      width: percent(row.pins, images.length),
      offeredWidth: percent(row.offered, images.length),
    }));
}

function tally(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
