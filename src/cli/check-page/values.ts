import type { CheckReport } from '../../check/check.js';
import type { Finding } from '../../check/findings/finding.js';
import { printable } from '../../errors.js';
import { count, formatBytes } from '../terminal/format.js';
import { ageGroups, dayOf } from './ages.js';
import { layerValues, sharedLayers } from './layers.js';
import { type PinRow, pinRows } from './pins.js';
import { platformRows } from './platforms.js';
import { SYMBOLS } from './states.js';

/** What a page is about. */
export interface PageRequest {
  readonly report: CheckReport;
  /** The findings that this run has corrected; all others are still there. */
  readonly fixed: readonly Finding[];
  /** The name of the folder of the run. */
  readonly folder: string;
  /** When the pins were checked, in milliseconds since 1970. */
  readonly now: number;
  /** That of pullpin. */
  readonly version: string;
}

/** A number at the top of the page. */
interface Tile {
  readonly label: string;
  readonly value: string;
  readonly hint: string;
  readonly kind: 'plain' | 'fine' | 'warning' | 'error';
}

/** Text is shown up to this length, so that what a registry says cannot fill the page. */
const LONGEST = 2000;

/** A fix that can be typed as it stands. */
const COMMAND = /^pullpin (?:bump|lock)(?! leaves)(?: [\w./:+@-]+)*$/;

/** Everything that the template shows, as text and numbers. */
export function pageValues({ report, fixed, folder, now, version }: PageRequest) {
  const layers = sharedLayers(report.inventory);
  const findings = worstFirst(report.findings, fixed);
  const pins = pinRows(findings, fixed, report.inventory, layers, now);
  return {
    version,
    folder: printable(folder, LONGEST),
    checkedAt: new Date(now).toISOString(),
    checkedOn: dayOf(now),
    pinCount: count(report.pins, 'pin'),
    fileCount: count(new Set(report.inventory.map(({ file }) => file)).size, 'file'),
    tiles: tiles(report, fixed, pins, layers),
    findings: findings.map((finding, at) => findingValues(finding, at + 1, fixed, pins)),
    pins,
    ages: ageGroups(report.inventory, now),
    layers: layerValues(layers),
    platforms: platformRows(report.inventory),
  };
}

/** In the order of the files within a level, and what was corrected at the end. */
function worstFirst(findings: readonly Finding[], fixed: readonly Finding[]): Finding[] {
  const rank = (finding: Finding): number => (fixed.includes(finding) ? 3 : LEVELS.indexOf(finding.level));
  return findings.toSorted((a, b) => rank(a) - rank(b));
}

const LEVELS: readonly Finding['level'][] = ['error', 'warning', 'note'];

function findingValues(finding: Finding, number: number, fixed: readonly Finding[], pins: readonly PinRow[]) {
  const { file, line, column, code, message, fix = '', imageName = '' } = finding;
  const level = fixed.includes(finding) ? 'fixed' : finding.level;
  const pin = pins.find((row) => row.isOf(finding))?.number ?? 0;
  return {
    ...{ number, level, code, pin, symbol: SYMBOLS[level] },
    image: printable(imageName, LONGEST),
    message: printable(message, LONGEST),
    place: printable(`${file}:${line}:${column}`, LONGEST),
    fix: level === 'fixed' ? '' : printable(fix, LONGEST),
    isCommand: COMMAND.test(fix),
  };
}

function tiles(
  { findings, inventory }: CheckReport,
  fixed: readonly Finding[],
  pins: readonly PinRow[],
  layers: ReturnType<typeof sharedLayers>,
): Tile[] {
  const left = findings.filter((finding) => !fixed.includes(finding));
  const [dead, moved] = [pins.filter(({ state }) => state === 'dead'), pins.filter(({ hasMoved }) => hasMoved)];
  const errors = left.filter(({ level }) => level === 'error').length;
  const images = new Map(inventory.flatMap(({ image }) => (image ? [[image.digest, image.size] as const] : [])));
  const size = [...images.values()].reduce((sum, each) => sum + each, 0);
  return [
    tile('Pins', String(pins.length), count(images.size, 'image'), 'plain'),
    tile('Dead', String(dead.length), 'can no longer be pulled', dead.length > 0 ? 'error' : 'fine'),
    tile('Moved', String(moved.length), 'their tags have something newer', moved.length > 0 ? 'warning' : 'fine'),
    tile('Errors', String(errors), `of ${count(left.length, 'finding')}`, errors > 0 ? 'error' : 'fine'),
    tile('Size', formatBytes(size), 'to download all images', 'plain'),
    tile('Shared', formatBytes(layers.again), 'in layers that are taken again', 'plain'),
  ];
}

function tile(label: string, value: string, hint: string, kind: Tile['kind']): Tile {
  return { label, value, hint, kind };
}
