import type { WrittenHash } from '../literals/hash.js';
import type { SourceRange, TextValue, UnfollowableCode } from '../values/value.js';
import type { TagNote } from './notes/tag-note.js';

/** A range of a file, and where an editor shows its beginning. */
export interface Location extends SourceRange {
  readonly line: number;
  readonly column: number;
}

/** A value that the files at hand do not show: where following it ended, the expression that stands there (shortened), and why. `message` says all that. */
export interface Unfollowable extends Location {
  readonly kind: 'unfollowable';
  readonly code: UnfollowableCode;
  readonly expression: string;
  readonly message: string;
}

/** A value of a pin: followed to the literals that hold it, or not. */
export type Followed<T> = T | Unfollowable;

/** The text of a value that there is and that could be followed. */
export function followedText(value: Followed<TextValue> | undefined): string | undefined {
  return value?.kind === 'text' ? value.text : undefined;
}

/**
 * The shape that a pin is written in: a call of pullImage; its arguments alone, with the call elsewhere; a string `name[:tag]@sha256:…`;
 * the JSON of nix-prefetch-docker; an npins Container.
 */
export type PinForm = 'call' | 'arguments' | 'oci-string' | 'json' | 'npins';

/** The hash of a pin. `attribute` is its name as written; `written` has the form of the value, and is absent when Nix knows no such form. */
export interface PinHash {
  readonly attribute: string;
  readonly value: Followed<TextValue>;
  readonly written?: WrittenHash;
  /** Whether it is to be filled in: empty, `lib.fakeHash`, or all zeros. */
  readonly isPlaceholder: boolean;
}

/** A pin of a container image found in a source. An edit of a value goes to the origins of its segments, which may be in another file. */
export interface PinSite extends Location {
  readonly form: PinForm;
  /** What its hash is of; of no meaning without a hash. */
  readonly target: 'docker-archive' | 'nar';
  readonly imageName: TextValue;
  /** A digest, or the empty text where one is to be filled in. */
  readonly imageDigest: TextValue;
  /** Mostly one; none in an OCI string. */
  readonly hashes: readonly PinHash[];
  readonly finalImageName?: Followed<TextValue>;
  readonly finalImageTag?: Followed<TextValue>;
  readonly os?: Followed<TextValue>;
  readonly arch?: Followed<TextValue>;
  readonly tlsVerify?: Followed<boolean>;
  /** The tag as it is written in the pin: final tag, an OCI string's tag, or the attribute key that stands for it (then without an origin). */
  readonly tag?: TextValue;
  /** The systems that these values hold for, the likeliest first; all that were asked for when the platform does not matter. */
  readonly systems: readonly string[];
  readonly isPlatformDependent: boolean;
  /** The strongest first. */
  readonly notes: readonly TagNote[];
  /** Whether a comment `pullpin: freeze` (or npins' `frozen`) says to leave the pin alone. */
  readonly isFrozen: boolean;
}

/** Why something that looks like a pin cannot be handled. */
export type PinProblemCode =
  | ('unfollowable' | 'template' | 'no-digest' | 'malformed-digest' | 'malformed-reference')
  | ('manifest-file' | 'malformed-directive' | 'stray-directive');

/** Something that looks like a pin but cannot be handled, and why. `template` is a function whose callers give the digest: mostly no trouble. */
export interface PinProblem extends Location {
  readonly code: PinProblemCode;
  readonly message: string;
  readonly imageDigest?: string;
}

/** What was found in one source, in its order. */
export interface FoundPins {
  readonly sites: readonly PinSite[];
  readonly problems: readonly PinProblem[];
}
