import type { PinSite } from '../../nix/find/pin-site.js';
import { rangeKey } from '../../nix/values/value.js';

/** The call whose values a site has on some systems, as one word for all of them; undefined for a site that is the same on all systems. */
export function callOfSite(site: PinSite): string | undefined {
  return site.isPlatformDependent ? `${rangeKey(site)} ${site.imageName.text}` : undefined;
}
