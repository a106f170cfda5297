import type { Expression } from '../../language/syntax.js';
import type { Evaluation } from '../../values/evaluation.js';
import type { Scope, SetValue, SourceRange, TextValue, UnknownValue, Value } from '../../values/value.js';
import type { Fetcher } from './fetchers.js';

/** What surrounds an expression, as far as it matters for a pin there. */
export interface WalkState {
  /** The nearest `name = …;` around. */
  readonly statement?: SourceRange;
  /** The others around, the outermost first; the whole file when it is a set or a list. */
  readonly groups: readonly SourceRange[];
  /** The name in that statement, when it is a literal. */
  readonly key?: string | undefined;
  /** The nearest name around that is a system, such as `x86_64-linux`. */
  readonly system?: string | undefined;
  /** The call of the local function whose body is being walked. */
  readonly caller?: SourceRange | undefined;
  readonly callDepth: number;
  /** Whether this is an operand of `//` or `+`, which is looked at as a whole. */
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
  /** What `system` is bound to around the call, when it is bound to a system. */
  readonly systemAround: string | undefined;
}

/** What a walk found: the kind of candidate, and its values. */
export type Found =
  | FoundCall
  | { readonly kind: 'arguments'; readonly value: SetValue }
  | { readonly kind: 'string'; readonly value: TextValue | UnknownValue; readonly hasDigest: boolean };

/** Something that may be a pin, with its values followed. */
export type Candidate = Found & {
  /** Where it stands in the main file: the call of the local function when it was found inside of one. */
  readonly node: SourceRange;
  /** Where it is written: inside of that function. */
  readonly written: SourceRange;
  readonly state: WalkState;
};

/** An expression that is to be looked at. */
export interface Visit {
  readonly expression: Expression;
  readonly scope: Scope;
  readonly state: WalkState;
}

/** A call of a function of these files whose outcome nothing shows: what it is given, and the function. */
export interface LocalCall {
  /** Where it stands in the main file, as of a candidate. */
  readonly node: SourceRange;
  /** How the function is called; empty for one that is called by no name. */
  readonly name: string;
  readonly callee: SourceRange;
  readonly given: readonly SetValue[];
}

/** A call of a function that is not known, where it is written, and those of its arguments that are names or sets. */
export interface UnknownCall {
  readonly written: SourceRange;
  readonly given: readonly Value[];
}

/** The methods of a walk that its parts may use. */
export interface Walk {
  readonly evaluation: Evaluation;
  add(found: Found, written: SourceRange, state: WalkState): void;
  noteCall(call: LocalCall): void;
  /** The same place may be walked again with a function that is known. */
  noteUnknown(call: UnknownCall): void;
  noteKnown(written: SourceRange): void;
  /** Counts a function that is entered. False when there have been too many. */
  mayEnter(): boolean;
}
