import type { Expression, Lambda } from '../../language/syntax.js';
import type { Evaluation } from '../../values/evaluation.js';
import type { Scope, SetValue, SourceRange, TextValue, Thunk, UnknownValue, Value } from '../../values/value.js';
import type { Fetcher } from './fetchers.js';

/** What a walk knows about the code around an expression. */
export interface WalkState {
  /** The nearest `name = …;` around. */
  readonly statement?: SourceRange;
  /** The other bindings around, the outermost first, starting with the whole file when it is a set or a list. */
  readonly groups: readonly SourceRange[];
  /** The name in the nearest binding, when it is a literal. */
  readonly key?: string | undefined;
  /** The nearest name around that is a system, such as `x86_64-linux`. */
  readonly system?: string | undefined;
  /** A system that is given together with the code around to a function that is not known: most likely the code is for that one. */
  readonly systemNear?: string | undefined;
  /** The call of the local function whose body is being walked. */
  readonly caller?: SourceRange | undefined;
  /** Where the item stands that a mapped function is given; empty when it stands nowhere. */
  readonly item?: readonly SourceRange[] | undefined;
  readonly callDepth: number;
  /** Whether a function around was given another one that may fetch an image, which it may call anywhere inside. */
  readonly holdsFetcher?: boolean | undefined;
  /** Whether this is an operand of `//` or `+`: the walk handles the whole operation as one candidate. */
  readonly isOperand: boolean;
}

/** A call of a fetcher. */
export interface FoundCall {
  readonly kind: 'call';
  readonly functionName: readonly string[];
  readonly fetcher: Fetcher;
  readonly value: Value;
  /** The system of the package set that the fetcher comes from. */
  readonly packageSystem: string | undefined;
  /** The value of the variable `system` at the call, when that is a Nix system. */
  readonly systemAround: string | undefined;
}

/** The kind of a candidate, and its value. */
export type Found =
  | FoundCall
  | { readonly kind: 'arguments'; readonly value: SetValue }
  | { readonly kind: 'string'; readonly value: TextValue | UnknownValue; readonly hasDigest: boolean };

/** Something that may be a pin, with its value. */
export type Candidate = Found & {
  /** Its place in the main file; when it was found inside a local function, the place of the call of that function. */
  readonly node: SourceRange;
  /** The place where it is written, which may be inside that function. */
  readonly written: SourceRange;
  readonly state: WalkState;
};

/** An expression that the walk has yet to visit. */
export interface Visit {
  readonly expression: Expression;
  readonly scope: Scope;
  readonly state: WalkState;
}

/** A call of a function of these files whose result is unknown: the function, and the sets that it is given. */
export interface LocalCall {
  /** Its place in the main file, as for a candidate. */
  readonly node: SourceRange;
  /** The name of the function; empty for a function without a name. */
  readonly name: string;
  readonly callee: SourceRange;
  readonly given: readonly SetValue[];
}

/**
 * A call, where it is written, of a function that may do anything with some of its arguments: one that is not known (then `given` are those arguments
 * that are names or sets), or one of a library (then `given` are functions, which it may call). `all` are all of its arguments.
 */
export interface UnknownCall {
  readonly written: SourceRange;
  readonly callee: Value;
  readonly given: readonly Value[];
  readonly all: readonly Thunk[];
  readonly isKnown: boolean;
}

/**
 * A container of the NixOS module `virtualisation.oci-containers` that has both an `image` and an `imageFile` with a pin in it. The module runs
 * `image`, so that must be what the archive has inside. `written` is where the `imageFile` is written.
 */
export interface RunImage {
  readonly image: TextValue;
  /** The name and the tag inside the archive, and the digest of the pin, as its call gives them. */
  readonly archive: { readonly name: string; readonly tag: string; readonly digest: TextValue | undefined };
  readonly written: SourceRange;
}

/** The methods of a walk that its parts may use. */
export interface Walk {
  readonly evaluation: Evaluation;
  /** The functions of other files that it has walked by themselves, without the arguments of a call. */
  readonly lookedAt: Set<Lambda>;
  add(found: Found, written: SourceRange, state: WalkState): void;
  noteCall(call: LocalCall): void;
  /** The same place may be walked again with a function that is known. */
  noteUnknown(call: UnknownCall): void;
  noteKnown(written: SourceRange): void;
  noteRunImage(found: RunImage): void;
  /** The function is walked with the arguments of a call. */
  noteEntered(lambda: Lambda, scope: Scope): void;
  /** Counts a function before the walk enters it. Returns false when the walk has entered too many. */
  mayEnter(): boolean;
}
