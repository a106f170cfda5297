import { tagPlaces } from '../../list/shared-tags.js';
import { layeredPlaces, type PinSite } from '../../nix/find/pin-site.js';
import { literalsOf } from '../../nix/values/text.js';
import type { SourceRange } from '../../nix/values/value.js';

/** The places of the values of a pin that a bump may change: its digest, hashes, tag and layers. */
export function valuePlaces(site: PinSite): SourceRange[] {
  const { imageDigest, hashes, layered } = site;
  const texts = [imageDigest, ...hashes.map(({ value }) => value)].flatMap(literalsOf);
  return [...texts, ...tagPlaces(site), ...(layered ? layeredPlaces(layered) : [])];
}

/** The same with the comments that may change with them. */
export function changedPlaces(site: PinSite): SourceRange[] {
  return [...valuePlaces(site), ...site.notes];
}
