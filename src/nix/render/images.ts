import { UsageError } from '../../errors.js';
import type { PinAttributes } from './template-values.js';

/** The pins of one image, one for each Nix system, in the order asked. */
export type PinnedImage = readonly [PinAttributes, ...PinAttributes[]];

/** Puts pins that stand one after the other and differ in nothing but their platform together. */
export function groupImages(pins: readonly PinAttributes[]): PinnedImage[] {
  const groups: [PinAttributes, ...PinAttributes[]][] = [];
  for (const pin of pins) {
    const group = groups.at(-1);
    if (group && keyOf(group[0]) === keyOf(pin)) group.push(pin);
    else groups.push([pin]);
  }
  return groups;
}

function keyOf({ imageName, imageDigest, indexDigest, finalImageName, finalImageTag, tag }: PinAttributes): string {
  return JSON.stringify([imageName, indexDigest ?? imageDigest, finalImageName, finalImageTag, tag]);
}

/** Checks that the pins of an image can be told apart by their Nix systems. Throws a UsageError. */
export function checkSystems(systems: readonly { readonly platform: string; readonly system: string | null }[]): void {
  const seen = new Map<string, string>();
  for (const { platform, system } of systems) {
    if (system === null) throw new UsageError(`Nix has no system that runs images of ${platform}`);
    const other = seen.get(system);
    if (other !== undefined)
      throw new UsageError(
        other === platform
          ? `there are two pins for ${system}, and one text has room for one`
          : `${other} and ${platform} both run on ${system}: name one of them`,
      );
    seen.set(system, platform);
  }
}
