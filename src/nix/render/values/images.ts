import { UsageError } from '../../../errors.js';
import { shortName } from '../../../oci/reference.js';
import type { PinAttributes } from './template-values.js';

/** The pins of one image, one for each Nix system, in the order asked. */
export type PinnedImage = readonly [PinAttributes, ...PinAttributes[]];

/** Puts pins that stand one after the other and differ in nothing but their platform together. */
export function groupImages(pins: readonly PinAttributes[]): PinnedImage[] {
  const groups: [PinAttributes, ...PinAttributes[]][] = [];
  for (const pin of pins) {
    const group = groups.at(-1);
    const isSameImage = group && keyOf(group[0]) === keyOf(pin);
    // An image that was named twice begins anew.
    if (isSameImage && !group.some((other) => platformOf(other) === platformOf(pin))) group.push(pin);
    else groups.push([pin]);
  }
  return groups;
}

function keyOf({ imageName, imageDigest, indexDigest, finalImageName, finalImageTag, tag }: PinAttributes): string {
  return JSON.stringify([imageName, indexDigest ?? imageDigest, finalImageName, finalImageTag, tag]);
}

function platformOf({ os, arch, variant, system }: PinAttributes): string {
  return JSON.stringify([os, arch, variant, system]);
}

/** A name for each image that is its own: the last part of the image's name, with the tag behind it where several images have that part. */
export function uniqueNames(images: readonly PinnedImage[]): string[] {
  const short = images.map(([{ imageName }]) => plainWord(shortName(imageName)));
  const isShared = (name: string): boolean => short.indexOf(name) !== short.lastIndexOf(name);
  const taken = new Set<string>();
  return images.map(([{ finalImageTag }], at) => {
    const own = short[at] ?? '';
    const name = isShared(own) ? plainWord(`${own}-${finalImageTag}`) : own;
    let unique = name;
    for (let count = 2; taken.has(unique); count++) unique = `${name}-${count}`;
    taken.add(unique);
    return unique;
  });
}

/** Small letters, digits and dashes: an identifier in Nix, a label in DNS, and a word in YAML. */
function plainWord(text: string): string {
  const word = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replace(/^-|-$/g, '');
  return word === '' ? 'image' : word;
}

/** Checks that the pins of an image have Nix systems that differ. Throws a UsageError. */
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
