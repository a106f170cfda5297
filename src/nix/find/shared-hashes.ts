import { type FoundSite, originKey } from './distinct-sites.js';
import { followedText } from './pin-site.js';

/**
 * Sites that differ by nothing but their architecture are one pin, whose call asks for the architecture of the machine: its one hash cannot be right
 * for all of them.
 */
export function foldArchitectures(sites: readonly FoundSite[]): FoundSite[] {
  const groups = new Map<string, FoundSite[]>();
  for (const site of sites) {
    const key = followedText(site.arch) === undefined || site.hashes.length === 0 ? undefined : keyOf(site);
    const group = key === undefined ? undefined : groups.get(key);
    if (group) group.push(site);
    else groups.set(key ?? `${groups.size} alone`, [site]);
  }
  return [...groups.values()].flatMap((group) => folded(group));
}

function folded(group: readonly FoundSite[]): FoundSite[] {
  const [first] = group;
  const architectures = [...new Set(group.flatMap(({ arch }) => followedText(arch) ?? []))];
  if (!first || architectures.length < 2) return [...group];
  const { arch: _, ...site } = first;
  const systems = [...new Set(group.flatMap((each) => each.systems))];
  return [{ ...site, systems, isPlatformDependent: false, sharedByArchitectures: architectures }];
}

function keyOf({ file, start, imageName, imageDigest, hashes, finalImageName, finalImageTag, os }: FoundSite): string {
  const values = [imageName, imageDigest, ...hashes.map(({ value }) => value), finalImageName, finalImageTag, os];
  return [file, start, ...values.map(originKey)].join(' ');
}
