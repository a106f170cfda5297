import type { PinSite } from '../../nix/find/pin-site.js';
import { rangeKey } from '../../nix/values/value.js';

/** A key for the call that gives a site different values on different systems; undefined for a site that is the same on all systems. */
export function callOfSite(site: PinSite): string | undefined {
  return site.isPlatformDependent ? `${rangeKey(site)} ${site.imageName.text}` : undefined;
}
