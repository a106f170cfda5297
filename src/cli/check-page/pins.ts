import type { InventoryEntry } from '../../check/check.js';
import type { Finding } from '../../check/findings/finding.js';
import { printable } from '../../errors.js';
import { formatPlatform } from '../../oci/platform.js';
import { formatBytes } from '../terminal/format.js';
import { ageOf, ageText, dayOf } from './ages.js';
import type { SharedLayers } from './layers.js';
import { imageAndTag, shownDigest } from './names.js';
import { percent } from './percent.js';
import { hasMoved, type ShownState, STATE_NAMES, SYMBOLS, stateOf } from './states.js';

/** A row of the table of pins, as the template shows it. Numbers are those of the anchors in the page; 0 for none. */
export interface PinRow {
  readonly number: number;
  readonly state: ShownState;
  readonly hasMoved: boolean;
  /** Whether a finding is about this pin. */
  isOf(finding: Finding): boolean;
}

/**
 * The pins, those with the oldest images first, those of unknown age last.
 *
 * @param findings in the order of the page
 */
export function pinRows(
  findings: readonly Finding[],
  fixed: readonly Finding[],
  inventory: readonly InventoryEntry[],
  layers: SharedLayers,
  now: number,
) {
  const largest = Math.max(0, ...inventory.map(({ image }) => image?.size ?? 0));
  const byAge = inventory.toSorted((a, b) => (ageOf(b, now) ?? -1) - (ageOf(a, now) ?? -1));
  return byAge.map((entry, at) => {
    const isOf = isAbout(entry);
    const own = findings.filter((finding) => isOf(finding) && !fixed.includes(finding));
    const { state, by } = stateOf(own);
    return {
      ...{ number: at + 1, isOf, state, stateName: STATE_NAMES[state], symbol: SYMBOLS[state] },
      hasMoved: own.some(({ code }) => hasMoved(code)),
      finding: by ? findings.indexOf(by) + 1 : 0,
      image: imageAndTag(entry),
      digest: printable(entry.imageDigest, 200),
      shownDigest: shownDigest(entry.imageDigest),
      place: printable(`${entry.file}:${entry.line}`, 1000),
      ...ageValues(entry, now),
      ...platformValues(entry),
      ...sizeValues(entry, layers, largest),
    };
  });
}

/** A finding has the place and the digest of its pin. */
function isAbout({ file, line, column, imageDigest }: InventoryEntry): PinRow['isOf'] {
  return (finding) =>
    finding.file === file && finding.line === line && finding.column === column && finding.imageDigest === imageDigest;
}

function ageValues(entry: InventoryEntry, now: number) {
  const age = ageOf(entry, now);
  if (age === undefined) return { age: '', created: '', createdOn: '' };
  const created = entry.image?.created ?? now;
  return { age: ageText(age), created: new Date(created).toISOString(), createdOn: dayOf(created) };
}

/** The platform that a pin fetches, and how many others its digest has. */
function platformValues({ image }: InventoryEntry) {
  const platforms = (image?.platforms ?? []).map(formatPlatform);
  const platform = image?.platform ? formatPlatform(image.platform) : '';
  const others = platforms.filter((each) => each !== platform);
  return {
    platform,
    platforms: printable(platforms.join(', '), 1000),
    morePlatforms: others.length > 0 ? `and ${others.length} more` : '',
  };
}

function sizeValues({ image }: InventoryEntry, { digests }: SharedLayers, largest: number) {
  const shared = (image?.layers ?? []).reduce((sum, { digest, size }) => sum + (digests.has(digest) ? size : 0), 0);
  return {
    size: image ? formatBytes(image.size) : '',
    shared: shared > 0 ? formatBytes(shared) : '',
    wholeWidth: percent(image?.size ?? 0, largest),
    sharedWidth: percent(shared, largest),
  };
}
