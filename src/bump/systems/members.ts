import { type SystemEntry, type SystemTable, systemTable } from '../../nix/edit/system-table.js';
import { choosePlatform } from '../../oci/choose-platform.js';
import type { ImageIndex } from '../../oci/manifest.js';
import { type Platform, PlatformError } from '../../oci/platform.js';
import { writtenPlatform } from '../../recipe/site-text.js';
import type { PlannedSite } from '../one-pin/pin-change.js';
import type { SiteSettings } from '../site/site-settings.js';

/** A pin on one system with its own plan, and its entry in the table of all systems. */
export interface Member {
  readonly planned: PlannedSite;
  readonly table: SystemTable;
  readonly own: SystemEntry;
}

/** The sites with their entries, in the order of the table; undefined when they are not all in one table. */
export function membersOf(
  sites: readonly PlannedSite[],
  { read }: SiteSettings,
): readonly [Member, ...Member[]] | undefined {
  const members = sites.flatMap((planned): Member[] => {
    const found = systemTable(planned.site, read);
    return found ? [{ planned, ...found }] : [];
  });
  const [first, ...others] = members.toSorted((one, other) => one.own.start - other.own.start);
  if (!first || members.length < sites.length) return undefined;
  const beginning = first.table.entries[0]?.start;
  const isSame = ({ table: { file, entries } }: Member) => file === first.table.file && entries[0]?.start === beginning;
  return others.every(isSame) ? [first, ...others] : undefined;
}

/** Whether a site has the right values now, or will have them after its change. */
export function isPlanned(planned: PlannedSite): boolean {
  return planned.status === 'fulfilled' && ['changed', 'current'].includes(planned.value.state);
}

/** Whether the index no longer has the platform of a site. A frozen site stays in any case. */
export function isGone(planned: PlannedSite, index: ImageIndex): boolean {
  const { site } = planned;
  // A variant does not stand in the file; the image that was pinned has shown it.
  const isMissed = planned.status === 'rejected' && planned.reason instanceof PlatformError;
  return !site.isFrozen && (isMissed || !isThere(index, writtenPlatform(site)));
}

function isThere(index: ImageIndex, platform: Platform | undefined): boolean {
  if (!platform) return true;
  try {
    return choosePlatform(index, platform) !== undefined;
  } catch (error) {
    if (error instanceof PlatformError) return false;
    throw error;
  }
}
