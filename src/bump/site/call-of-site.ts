import type { PinSite } from '../../nix/find/pin-site.js';
import { rangeKey } from '../../nix/values/value.js';

/**
 * A key that the values of one pin for several systems have in common: they come from one call, or are entries of one table by system. Undefined
 * for a site that is the same on all systems.
 */
export function callOfSite(site: PinSite): string | undefined {
  const { entry, imageName, tag } = site;
  if (entry) return `${entry.group} ${imageName.text}:${tag?.text ?? ''}`;
  return site.isPlatformDependent ? `${rangeKey(site)} ${imageName.text}` : undefined;
}

/** The system whose values these are. */
export function systemOfCall({ entry, systems: [system = 'another system'] }: PinSite): string {
  return entry?.system ?? system;
}
