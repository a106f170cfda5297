import { followedTag } from '../../list/follow.js';
import type { PinSite } from '../../nix/find/pin-site.js';
import { groupedBy } from '../../nix/values/ordered.js';
import { imageSpellings } from '../../oci/reference.js';
import { callOfSite } from '../site/call-of-site.js';
import { changedPlaces } from '../site/changed-places.js';
import { JoinedGroups } from './joined-groups.js';
import type { Shard } from './shard.js';

/** How pins are dealt. */
export interface DealSettings {
  /**
   * Whether the pins of a file stay together. A run that adds attributes to calls, or entries to tables, may need one place for two pins that have no
   * value in common.
   */
  readonly byFile: boolean;
}

/**
 * The pins of one shard. All machines deal in the same way, before any request, from what the files say: a repository belongs to one shard, with
 * each pin that shares a value with one of its pins, so that no other shard asks for its images or changes its values. The shards get about the same
 * number of tags to look up.
 *
 * @param sites all pins that the shards share
 */
export function sitesOfShard(sites: readonly PinSite[], { index, count }: Shard, settings: DealSettings): PinSite[] {
  const heaps: Heap[] = Array.from({ length: count }, () => ({ weight: 0, sites: new Set() }));
  const groups = groupsOf(sites, settings).map((own) => ({ sites: own, weight: weightOf(own), key: keyOf(own) }));
  for (const group of groups.toSorted((a, b) => b.weight - a.weight || (a.key < b.key ? -1 : 1))) {
    const heap = heaps.reduce((least, each) => (each.weight < least.weight ? each : least));
    heap.weight += group.weight;
    for (const site of group.sites) heap.sites.add(site);
  }
  const own = heaps[index - 1]?.sites;
  return sites.filter((site) => own?.has(site));
}

interface Heap {
  weight: number;
  readonly sites: Set<PinSite>;
}

/** The pins that must be on one machine, in groups. */
function groupsOf(sites: readonly PinSite[], { byFile }: DealSettings): PinSite[][] {
  const groups = new JoinedGroups<PinSite>();
  for (const site of sites) {
    groups.join(site, `repository ${repositoryOfSite(site)}`);
    const call = callOfSite(site);
    if (call !== undefined) groups.join(site, `call ${call}`);
    if (byFile) for (const { file } of [site, ...changedPlaces(site)]) groups.join(site, `file ${file}`);
  }
  groups.joinTouching(sites.flatMap((site) => changedPlaces(site).map((place) => ({ place, member: site }))));
  return [...groupedBy(sites, (site) => groups.of(site)).values()];
}

/** The full name of a pin's repository. */
function repositoryOfSite({ imageName }: PinSite): string {
  return imageSpellings(imageName.text).at(-1)?.toLowerCase() ?? imageName.text;
}

/** How many tags have to be looked up: what a run costs that finds nothing new, and the best guess for what others cost. */
function weightOf(sites: readonly PinSite[]): number {
  const asked = sites.filter(({ isFrozen }) => !isFrozen);
  return new Set(asked.map((site) => `${repositoryOfSite(site)}:${followedTag(site)?.tag ?? site.imageDigest.text}`))
    .size;
}

/** A text that is the same on all machines and that no other group has. */
function keyOf(sites: readonly PinSite[]): string {
  return sites.map(repositoryOfSite).toSorted()[0] ?? '';
}
