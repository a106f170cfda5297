import type { InventoryEntry } from '../../check/check.js';
import { count } from '../terminal/format.js';
import { percent } from './percent.js';

const DAY = 24 * 60 * 60 * 1000;
const MONTH = 30.44 * DAY;
const YEAR = 365.25 * DAY;
/** Builds that are the same each time write 1970 or 1980, which says nothing of their age. */
const EARLIEST = Date.UTC(1981);

/** The age of an image in milliseconds; undefined for one that does not say when it was made. */
export function ageOf({ image }: Pick<InventoryEntry, 'image'>, now: number): number | undefined {
  const created = image?.created;
  return created === undefined || created < EARLIEST ? undefined : Math.max(0, now - created);
}

/** `3 days`, `5 months`, `2 years`. */
export function ageText(age: number): string {
  if (age < DAY) return 'today';
  if (age < 2 * MONTH) return count(Math.floor(age / DAY), 'day');
  return age < 2 * YEAR ? count(Math.floor(age / MONTH), 'month') : count(Math.floor(age / YEAR), 'year');
}

/** `2026-11-27`, in UTC. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 'YYYY-MM-DD'.length);
}

const GROUPS: readonly (readonly [label: string, limit: number])[] = [
  ['under 1 month', MONTH],
  ['1 to 3 months', 3 * MONTH],
  ['3 to 6 months', 6 * MONTH],
  ['6 to 12 months', YEAR],
  ['1 to 2 years', 2 * YEAR],
  ['over 2 years', Number.POSITIVE_INFINITY],
];

/** How many pins are how old. */
export function ageGroups(inventory: readonly InventoryEntry[], now: number) {
  const ages = inventory.map((entry) => ageOf(entry, now));
  const counts = new Map([...GROUPS.map(([label]) => [label, 0] as const), ['not known', 0]]);
  for (const age of ages) {
    const label = age === undefined ? 'not known' : (GROUPS.find(([, limit]) => age < limit)?.[0] ?? 'over 2 years');
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const most = Math.max(...counts.values());
  return [...counts].map(([label, pins]) => ({ label, count: pins, width: percent(pins, most) }));
}
