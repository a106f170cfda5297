import type { LockedImage, LockedSystem } from '../../lock/lock-schema.js';
import type { Location, PinSite } from '../../nix/find/pin-site.js';
import { parseHash } from '../../nix/literals/hash.js';
import { computedText } from '../../nix/values/text.js';

/** What the lock has of an image for a system, as the pin that images.nix makes of it. No literal holds its values: only `pullpin lock` changes them. */
export function lockedSite(image: LockedImage, system: string, locked: LockedSystem, place: Location): PinSite {
  const value = computedText(locked.hash);
  return {
    ...place,
    form: 'call',
    target: image.target,
    imageName: computedText(image.imageName),
    imageDigest: computedText(locked.imageDigest),
    hashes: [{ attribute: 'hash', value, written: parseHash(locked.hash), isPlaceholder: false }],
    finalImageName: computedText(image.finalImageName),
    finalImageTag: computedText(image.finalImageTag),
    os: computedText(locked.os),
    arch: computedText(locked.arch),
    tag: computedText(image.tag),
    systems: [system],
    isPlatformDependent: true,
    notes: [],
    rules: [],
    // Its tag and its rule are in images.toml.
    isFrozen: true,
    assumed: [],
    finalTagGuesses: [],
  };
}
