import type { RuleNote, TagNote } from '../nix/find/notes/tag-note.js';
import type { Hold, Location, PinSite } from '../nix/find/pin-site.js';
import type { Origin, TextValue } from '../nix/values/value.js';
import { SYSTEMS } from '../oci/platform.js';
import type { Reference } from '../oci/reference.js';

/** An image string without a digest, as it stands in a file. */
export interface UnpinnedString {
  readonly text: string;
  readonly reference: Reference;
  readonly origin: Origin;
  readonly location: Location;
  readonly notes: readonly TagNote[];
  readonly rules: readonly RuleNote[];
  readonly isFrozen: boolean;
  readonly hold?: Hold | undefined;
}

/** The pin whose digest is to be written behind such a string. */
export function unpinnedSite({ text, reference, origin, location, ...rest }: UnpinnedString): PinSite {
  const { name, tag } = reference;
  return {
    ...location,
    form: 'oci-string',
    target: 'docker-archive',
    imageName: pieceOf(text, origin, 0, name.length),
    tag: tag === undefined ? undefined : pieceOf(text, origin, name.length + 1, tag.length),
    // The whole string is written anew, because nothing stands where its digest will be.
    imageDigest: { kind: 'text', text: '', segments: [{ text: '', origin }] },
    withoutDigest: text,
    hashes: [],
    systems: Object.keys(SYSTEMS),
    isPlatformDependent: false,
    assumed: [],
    finalTagGuesses: [],
    ...rest,
  };
}

/** A part of the string, with its own place. */
function pieceOf(text: string, origin: Origin, from: number, length: number): TextValue {
  const part = text.slice(from, from + length);
  const start = origin.start + from;
  return { kind: 'text', text: part, segments: [{ text: part, origin: { ...origin, start, end: start + length } }] };
}
