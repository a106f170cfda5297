import { DEFAULT_PLATFORM } from '../../oci/platform.js';
import { groupedBy } from '../values/ordered.js';
import type { TextValue } from '../values/value.js';
import { type FoundSite, siteKey, siteKeys } from './distinct-sites.js';
import { type Followed, followedText } from './pin-site.js';
import { assumptionsOf } from './recipe.js';

/**
 * Joins sites at one place that differ only in `os` and `arch`, because the call takes the platform of the machine: a hash that is written once
 * is for one platform. When `arch` has a default, such as `{ arch ? "amd64" }`, the default is the platform; otherwise the site lists the
 * architectures that share the hash.
 *
 * @param written the same sites, found without a system
 */
export function withoutComputedPlatform(
  sites: readonly FoundSite[],
  written: readonly FoundSite[],
  systems: readonly string[],
): FoundSite[] {
  const withArch = written.filter(({ arch }) => arch?.kind === 'text');
  const keyOf = siteKeys([...sites, ...withArch], keyWithoutPlatform);
  const alike = groupedBy(sites, keyOf);
  const given = groupedBy(withArch, keyOf);
  return [...alike].flatMap(([key, all]) => {
    const same = withoutOtherKernels(all, systems);
    if (new Set(same.map(({ arch }) => followedText(arch))).size < 2) return same;
    const defaults = given.get(key) ?? [];
    const isOne = new Set(defaults.map(({ arch }) => followedText(arch))).size === 1;
    return [(isOne ? defaults[0] : undefined) ?? shared(same, systems)];
  });
}

/** `os = pkgs.go.GOOS` is `darwin` on some systems, which no image is for: there nothing can be built, so those systems do not count. */
function withoutOtherKernels(sites: readonly FoundSite[], systems: readonly string[]): readonly FoundSite[] {
  const isOther = ({ os }: FoundSite) => os?.kind === 'text' && isComputed(os) && os.text !== DEFAULT_PLATFORM.os;
  const others = sites.filter(isOther);
  if (others.length === 0 || others.length === sites.length) return sites;
  const elsewhere = new Set(others.flatMap((site) => site.systems));
  return sites
    .filter((site) => !isOther(site))
    .map((site) => {
      const isForAll = systems.every((system) => site.systems.includes(system) || elsewhere.has(system));
      return isForAll ? { ...site, systems, isPlatformDependent: false } : site;
    });
}

function shared(same: readonly FoundSite[], systems: readonly string[]): FoundSite {
  const [{ arch: _, os, ...first }] = same as [FoundSite, ...FoundSite[]];
  const site = { ...first, os: os && !isComputed(os) ? os : undefined, systems, isPlatformDependent: false };
  const architectures = new Set(same.flatMap(({ arch }) => (arch?.kind === 'text' ? [arch.text] : [])));
  return { ...site, assumed: assumptionsOf(site), sharedByArchitectures: [...architectures] };
}

/** A key for a site: sites at one place that differ only in their platform have the same key. */
function keyWithoutPlatform({ os: _, arch, ...site }: FoundSite): string {
  const isAlone = arch?.kind !== 'text' || site.hashes.length === 0;
  return `${siteKey(isAlone && arch ? { ...site, arch } : site)} ${isAlone} ${site.start} ${site.file}`;
}

/** Whether a text is computed, so that no literal holds it. */
function isComputed(value: Followed<TextValue> | undefined): boolean {
  return value?.kind === 'text' && value.segments.every(({ origin }) => origin === undefined);
}
