import { settleInOrder } from '../../concurrency/settle-in-order.js';
import { PullpinError } from '../../errors.js';
import { toListedPin } from '../../list/listed-pin.js';
import { keyOfPlatform } from '../../nix/edit/system-keys.js';
import { type SystemTable, tableEdits } from '../../nix/edit/system-table.js';
import { USUAL_SYSTEMS } from '../../nix/evaluation/platforms.js';
import type { PinSite } from '../../nix/find/pin-site.js';
import { groupedBy } from '../../nix/values/ordered.js';
import type { ImageIndex } from '../../oci/manifest.js';
import { type Platform, systemOfPlatform } from '../../oci/platform.js';
import type { LookUps } from '../../pin/look-ups.js';
import { onePerSystem, platformsOfIndex } from '../../pin/platforms.js';
import { SiteError } from '../../recipe/site-error.js';
import type { PinChange, PlannedSite } from '../one-pin/pin-change.js';
import { callOfSite, systemOfCall } from '../site/call-of-site.js';
import type { SiteSettings } from '../site/site-settings.js';
import { type TrackedPin, trackPin } from '../site/tracked-pin.js';
import { checkTable } from './check-table.js';
import type { EntryCheck } from './entry-uses.js';
import { isGone, isPlanned, type Member, membersOf } from './members.js';
import { newEntry } from './new-entry.js';

/** How many tables are planned at the same time; each may download several images. */
const CONCURRENT_TABLES = 8;

/** The change of the table of one pin. */
export interface PlannedTable {
  /** The pin on the system whose entry is the pattern of new ones. */
  readonly site: PinSite;
  readonly change: PinChange;
  /** The sites whose entries are removed. */
  readonly dropped: readonly PinSite[];
}

/** What a run decides for its tables. */
export interface TableSettings extends SiteSettings {
  readonly checkEntry: EntryCheck;
}

/** The changed tables, and the reasons why others cannot be changed. */
export interface PlannedTables {
  readonly tables: readonly PlannedTable[];
  readonly failed: readonly { readonly site: PinSite; readonly reason: unknown }[];
}

/** Plans which entries the tables by system get and lose, so that each has one for each Nix system of its image. */
export async function planTables(
  planned: readonly PlannedSite[],
  lookUps: LookUps,
  settings: TableSettings,
): Promise<PlannedTables> {
  const groups = groupedBy(
    planned.filter(({ site }) => callOfSite(site) !== undefined && site.hashes.length > 0),
    ({ site }) => callOfSite(site),
  );
  const pins = [...groups.values()];
  const settled = await settleInOrder(pins, CONCURRENT_TABLES, (sites) => planTable(sites, lookUps, settings));
  return {
    tables: settled.flatMap((each) => (each.status === 'fulfilled' && each.value ? [each.value] : [])),
    failed: settled.flatMap((each, at) => {
      const first = pins[at]?.[0];
      return each.status === 'rejected' && first ? [{ site: first.site, reason: each.reason as unknown }] : [];
    }),
  };
}

/**
 * Plans the table of one pin; undefined when the table needs no change. Throws a PullpinError.
 *
 * @param sites the pin on each of its systems
 */
async function planTable(
  sites: readonly PlannedSite[],
  lookUps: LookUps,
  settings: TableSettings,
): Promise<PlannedTable | undefined> {
  const pin = trackedOf(sites, lookUps, settings);
  const index = pin && (await indexOf(pin));
  if (!pin || !index) return undefined;
  const gone = sites.filter((planned) => isGone(planned, index));
  const members = membersOf(sites, settings);
  const missing = missingFrom(index, members, sites);
  if (missing.length === 0 && gone.length === 0) return undefined;
  if (!members) throw noTable(sites, settings);
  if (sites.some(movesItsTag))
    throw new SiteError('systems', 'its tag moves in this run: run once more to add and drop systems');
  const pattern = members.findLast(({ planned }) => !gone.includes(planned) && isPlanned(planned));
  // When no entry can be the pattern, the failures of the others are reported.
  if (!pattern) return undefined;
  const { site } = pattern.planned;
  await pin.lookUps.checkSigned([index.stored.digest]);
  const added = await Promise.all(
    missing.map((platform) => newEntry(pattern, { platform, index, pin: { ...pin, site } })),
  );
  const leaving = members.filter(({ planned }) => gone.includes(planned));
  for (const { own, table } of leaving) settings.checkEntry(table, own, pattern.own.system);
  const dropped = leaving.map(({ planned }) => planned.site);
  const systems = { added: added.map(({ system }) => system), dropped: dropped.map(systemOfCall) };
  if (settings.mode === 'digests') return { site, dropped, change: { ...changeOf(pattern, settings), systems } };
  const texts = added.map(({ text }) => text);
  const edits = tableEdits(
    pattern.table,
    leaving.map(({ own }) => own),
    texts,
  );
  checkTable({ sites: sites.map((each) => each.site), dropped, added }, edits, settings);
  return { site, dropped, change: { ...changeOf(pattern, settings), edits, systems } };
}

function movesItsTag(planned: PlannedSite): boolean {
  const change = planned.status === 'fulfilled' && planned.value.state === 'changed' ? planned.value.change : undefined;
  return change !== undefined && change.from.tag !== change.to.tag;
}

function noTable(sites: readonly PlannedSite[], settings: SiteSettings): SiteError {
  const isPartly = sites.some((each) => membersOf([each], settings));
  const reason = isPartly
    ? "its values for other systems do not stand in its table, as behind 'or': write an entry for each system, or add and remove them by hand"
    : 'its values for the systems are not written as one table in one Nix file: add or remove systems by hand';
  return new SiteError('systems', reason);
}

/** A change without edits, for a pin that gets the digest of the pattern. */
function changeOf({ planned: { site, ...outcome } }: Member, { assumeTag }: SiteSettings): PinChange {
  const pin = toListedPin(site, assumeTag);
  const from = { tag: pin.follows ?? undefined, digest: site.imageDigest.text, hash: undefined, version: undefined };
  const own = outcome.status === 'fulfilled' && outcome.value.state === 'changed' ? outcome.value.change : undefined;
  const to = { ...from, digest: own?.to.digest ?? from.digest };
  return { pin, from, to, edits: [], platformAssumed: undefined };
}

/** The platforms of the index whose systems have no entry. */
function missingFrom(
  index: ImageIndex,
  members: readonly Member[] | undefined,
  sites: readonly PlannedSite[],
): Platform[] {
  const { chosen } = onePerSystem(platformsOfIndex(index));
  const table = members?.[0]?.table;
  if (table) {
    const names = new Set(table.entries.map(({ name }) => name));
    return chosen.filter((platform) => {
      const key = keyOfPlatform(table.style, platform);
      return key !== undefined && !names.has(key) && isFollowed(table.style, platform);
    });
  }
  const systems = new Set(sites.flatMap(({ site }) => site.entry?.system ?? site.systems));
  return chosen.filter((platform) => !systems.has(systemOfPlatform(platform) ?? ''));
}

/** Whether the new text shows the entry: a rare system is only followed where its name stands in the file. */
function isFollowed(style: SystemTable['style'], platform: Platform): boolean {
  return style === 'system' || USUAL_SYSTEMS.includes(systemOfPlatform(platform) ?? '');
}

/** The pin, on the first system on which it can be tracked. */
function trackedOf(sites: readonly PlannedSite[], lookUps: LookUps, settings: SiteSettings): TrackedPin | undefined {
  for (const { site } of sites) {
    try {
      const pin = trackPin(site, lookUps, settings);
      if (typeof pin !== 'string') return pin;
    } catch (error) {
      // The plan of the site itself reports this failure.
      if (!(error instanceof PullpinError)) throw error;
    }
  }
  return undefined;
}

/** The index that the pin's tag resolves to now; undefined for any other manifest. The plan of the site itself reports a failed look-up. */
async function indexOf({ follows, lookUps }: TrackedPin): Promise<ImageIndex | undefined> {
  if (!follows) return undefined;
  try {
    const root = await lookUps.manifest(await lookUps.resolve(follows.tag));
    return root.type === 'index' ? root : undefined;
  } catch (error) {
    if (error instanceof PullpinError) return undefined;
    throw error;
  }
}
