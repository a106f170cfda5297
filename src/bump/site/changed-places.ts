import { tagPlaces } from '../../list/shared-tags.js';
import { layeredPlaces, type PinSite } from '../../nix/find/pin-site.js';
import { literalsOf } from '../../nix/values/text.js';
import type { Quote, SourceRange } from '../../nix/values/value.js';

/** A place that a bump may change, and what is written there. */
export interface ChangedPlace extends SourceRange {
  /** The quotes around it; undefined in a comment and for a list. */
  readonly quote?: Quote;
  /** Whether it is a list of layers, which changes as a whole. */
  readonly isOfLayers?: boolean;
}

/** The places of the values of a pin that a bump may change: its digest, hashes, tag and layers. */
export function valuePlaces(site: PinSite): SourceRange[] {
  const { imageDigest, hashes, layered } = site;
  const texts = [imageDigest, ...hashes.map(({ value }) => value)].flatMap(literalsOf);
  return [...texts, ...tagPlaces(site), ...(layered ? layeredPlaces(layered) : [])];
}

/** The same with the comments that may change with them. */
export function changedPlaces(site: PinSite): ChangedPlace[] {
  const { layered, notes } = site;
  const layers = layered?.layers.kind === 'layers' ? [layered.layers] : [];
  const lists = layers.map(({ file, start, end }) => ({ file, start, end, isOfLayers: true }));
  return [...lists, ...valuePlaces(site), ...notes];
}
