import type { ParsedHash } from '../literals/hash.js';
import { literalsOf } from '../values/text.js';
import type { Cause, SourceRange, TextValue, UnfollowableCode } from '../values/value.js';
import type { RunImage } from './candidates/candidate.js';
import type { Flaw } from './images/flaws.js';
import type { ArgumentCaution } from './images/own-arguments.js';
import type { WrittenLayerList } from './images/written-layers.js';
import type { RuleNote, TagNote } from './notes/tag-note.js';
import type { EntryOfSystem } from './platform/entry-of-system.js';

/** A range of a file, with the line and column where it begins. */
export interface Location extends SourceRange {
  readonly line: number;
  readonly column: number;
}

/**
 * A value that cannot be known from the files at hand. The location is where following it ended, `expression` is what stands there (shortened),
 * `code` says why, and `message` says all of this in one line.
 */
export interface Unfollowable extends Location {
  readonly kind: 'unfollowable';
  readonly code: UnfollowableCode;
  /** The parameter that it is, or is taken from. */
  readonly parameter?: SourceRange | undefined;
  readonly expression: string;
  readonly message: string;
}

/** A value of a pin with the literals that hold it, or the reason why it could not be followed. */
export type Followed<T> = T | Unfollowable;

/** The text of a value; undefined when there is no value or it could not be followed. */
export function followedText(value: Followed<TextValue> | undefined): string | undefined {
  return value?.kind === 'text' ? value.text : undefined;
}

/**
 * The form of a pin: a call of pullImage; only the arguments, with the call elsewhere; a string `name[:tag]@sha256:…`;
 * the same in parts, `{ repository; tag; digest; }`, without a hash; the keys of nix-prefetch-docker in a JSON, TOML or YAML file; an npins
 * Container; the arguments of a function that puts an image together from its layers, as the template `layered` has it.
 */
export type PinForm = 'call' | 'layered' | 'arguments' | 'oci-string' | 'oci-set' | 'json' | 'npins';

/** Whether pins of this form have no hash. */
export function isWithoutHash(form: PinForm): boolean {
  return form === 'oci-string' || form === 'oci-set';
}

/** The hash of a pin. `attribute` is the name of its attribute; `written` is the form of the value, absent when Nix does not accept it. */
export interface PinHash {
  readonly attribute: string;
  readonly value: Followed<TextValue>;
  readonly written?: ParsedHash | undefined;
  /** Whether it is a placeholder: empty, `lib.fakeHash`, or all zeros. */
  readonly isPlaceholder: boolean;
}

/** What a layered pin has beside its digest and its hash. */
export interface LayeredParts {
  /** A digest, or the empty text as a placeholder. */
  readonly configDigest: Followed<TextValue>;
  readonly layers: Followed<WrittenLayerList>;
  readonly variant?: Followed<TextValue> | undefined;
}

export function layeredPlaces({ configDigest, layers }: LayeredParts): SourceRange[] {
  return [...literalsOf(configDigest), ...(layers.kind === 'layers' ? [layers] : [])];
}

/**
 * A part of a recipe: what decides the hash of a pin besides the image itself. It is the fetcher, the name and tag of the image in
 * the archive, or the platform.
 */
export type RecipePart = 'fetcher' | 'finalImageName' | 'finalImageTag' | 'os' | 'arch' | 'variant';

/**
 * A part of the recipe that the file does not show. The pin's fields have the likeliest value for it. The old digest and the old
 * hash can prove it. `why` says where the value would come from:
 * - `unseen-call`: nothing in the files passes the pin to a fetcher, so other code may give the value
 * - `fetcher-default`: the call does not give it, and the fetcher has a default (`latest`, the image's name, `linux`)
 * - `machine`: the call does not give it, and the fetcher takes the platform of the machine that Nix builds for
 * - `named-system`: the call does not give it, but a name around the pin does, such as the key `aarch64-linux`
 * - `unknown-fetcher`: the name of the function that is called does not say what it makes
 * - `unknown-argument`: the call has an argument that pullpin does not know, so the fetcher may do something else
 */
export interface Assumption {
  readonly part: RecipePart;
  readonly why: 'unseen-call' | 'fetcher-default' | 'machine' | 'named-system' | 'unknown-fetcher' | 'unknown-argument';
}

/** Why a pin's digest must stay as it is: something else uses the same literal and would not change with it. */
export interface Hold extends Location {
  /** What must stay: only the digest (which matters only when the tag has moved), or the whole pin. */
  readonly part: 'digest' | 'pin';
  readonly message: string;
  /** The directive that cannot be read, when this is the reason. */
  readonly directive?: Pick<Location, 'file' | 'line'> | undefined;
}

/** Something that the user should know about a pin, although pullpin can bump the pin. */
export interface Caution extends Location {
  readonly code: ArgumentCaution['code'] | 'foreign-fetcher' | 'unknown-fetcher';
  readonly message: string;
}

/** A pin of a container image in a source. To change a value, edit the origins of its segments, which may be in another file. */
export interface PinSite extends Location {
  readonly form: PinForm;
  /** What its hash is made from. It has no meaning for a pin without a hash. */
  readonly target: 'docker-archive' | 'nar';
  /** The name of the function that is called, where it does not say what it makes, so that `target` is assumed. */
  readonly unknownFetcher?: string | undefined;
  readonly imageName: TextValue;
  /** A digest, or the empty text as a placeholder. */
  readonly imageDigest: TextValue;
  /** The text of an image string that has no digest yet; absent for all other pins. */
  readonly withoutDigest?: string | undefined;
  /** Usually one hash; an OCI string has none. */
  readonly hashes: readonly PinHash[];
  readonly finalImageName?: Followed<TextValue> | undefined;
  readonly finalImageTag?: Followed<TextValue> | undefined;
  readonly os?: Followed<TextValue> | undefined;
  readonly arch?: Followed<TextValue> | undefined;
  readonly tlsVerify?: Followed<boolean> | undefined;
  /** What a layered pin is put together from; absent for all others. */
  readonly layered?: LayeredParts | undefined;
  /**
   * The tag as it is written in the pin: its `tag` or `imageTag`, else its final tag; an OCI string's tag, or the attribute key that stands for it
   * (then without an origin).
   */
  readonly tag?: TextValue | undefined;
  /** The systems that have these values, the likeliest first; all systems of the search when the platform does not matter. */
  readonly systems: readonly string[];
  readonly isPlatformDependent: boolean;
  /** Which entry it is of a table by system, when it is written for one system in an entry of its own. */
  readonly entry?: EntryOfSystem | undefined;
  /** The strongest first. */
  readonly notes: readonly TagNote[];
  /** The rules for its tag that comments give; two that differ contradict each other. */
  readonly rules: readonly RuleNote[];
  /** Whether a comment `pullpin: freeze` (or npins' `frozen`) says to leave the pin alone. */
  readonly isFrozen: boolean;
  /** The parts of the recipe that the file does not show. Empty when the file shows all of them, and for an OCI string, which has no hash. */
  readonly assumed: readonly Assumption[];
  /** The tags that unseen code may pass as the final tag, besides `finalImageTag` and `latest`; the likeliest first. */
  readonly finalTagGuesses: readonly string[];
  /**
   * The architectures that the call asks for on different systems with this one hash, such as `arch = stdenv.hostPlatform.go.GOARCH`: the hash
   * can be right for one of them only. Absent for all other pins. A pin that has this has no `arch`.
   */
  readonly sharedByArchitectures?: readonly string[];
  /** A mistake in its text. The pin must stay as it is until the user corrects it. */
  readonly flaw?: Flaw | undefined;
  readonly cautions?: readonly Caution[] | undefined;
  /** Why the digest must not move. */
  readonly hold?: Hold | undefined;
}

/** Why something that looks like a pin cannot be handled. */
export type PinProblemCode =
  | ('unfollowable' | 'template' | 'no-digest' | 'malformed-digest' | 'malformed-reference')
  | ('manifest-file' | 'malformed-directive' | 'stray-directive' | 'unrecognised');

/** Something that looks like a pin but cannot be handled, and why. `template` is a function whose callers give the digest, mostly no trouble. */
export interface PinProblem extends Location {
  /** The whole pin, when the location is only one of its attributes. */
  readonly pin?: SourceRange;
  readonly code: PinProblemCode;
  readonly message: string;
  readonly imageDigest?: string;
  readonly cause?: Cause;
}

/**
 * A literal with a digest, and a hash that can stand beside it: at `hash`, or at a place that cannot be followed. When no pin has both, the digest
 * must not change; `reason` says why.
 */
export interface HashBeside {
  readonly digest: SourceRange;
  readonly hash?: SourceRange;
  readonly reason: Hold;
  /** Whether the pin itself is given to what cannot be followed: it may well fetch the same, unless a call that is followed does so, too. */
  readonly isGiven?: boolean;
  /** Why that place cannot be followed. */
  readonly cause?: Cause | undefined;
}

/** A container whose `imageFile` is a pin, at its `image`. */
export type ContainerImage = Location & Pick<RunImage, 'image' | 'archive'>;
