import type { Range } from '../language/position.js';
import type { AttributeSet, Lambda } from '../language/syntax.js';
import type { NameScope } from './scope.js';

/** A range of one of several files. */
export interface SourceRange extends Range {
  readonly file: string;
}

/** A key for a range: two ranges have the same key exactly when they are equal. */
export function rangeKey({ file, start, end }: SourceRange): string {
  return `${start}-${end} ${file}`;
}

/**
 * How a piece of text is written at its place: inside quotes, as a bare URI, in JSON, TOML or YAML (where `yaml-plain` is a whole scalar without
 * quotes), as the whole text of a file, or as an
 * expression that a literal may replace.
 */
export type Quote = '"' | "''" | 'uri' | 'json' | 'toml' | 'yaml' | 'yaml-plain' | 'file' | 'expression';

/**
 * Where a piece of a value is written: `file` and the range that holds it, quotes not included (a URI or expression as a whole).
 * `verbatim` is true when the characters there are exactly those of the value, so that an edit can change a part of them.
 */
export interface Origin extends SourceRange {
  readonly quote: Quote;
  readonly verbatim: boolean;
}

/** A piece of text and the place it came from; a computed piece has no place. */
export interface Segment {
  readonly text: string;
  readonly origin?: Origin | undefined;
}

/**
 * A string with the literals that it is made of. `text` is its segments joined; `through` are the bindings, list items,
 * arguments, functions and JSON objects that it came through, each of which may have a comment that is meant for it;
 * `within` are the places of the sets and lists that it was taken from; `others` are the values that a computed name could have chosen instead,
 * such as the other entries of a table by system.
 */
export interface TextValue {
  readonly kind: 'text';
  readonly text: string;
  readonly segments: readonly Segment[];
  readonly through?: readonly SourceRange[] | undefined;
  readonly within?: readonly SourceRange[] | undefined;
  readonly others?: readonly Thunk[] | undefined;
}

/** Kinds of reasons why a value could not be followed. */
export type UnfollowableCode =
  | ('parameter' | 'unknown-name' | 'call' | 'arguments' | 'missing-attribute' | 'throws' | 'import' | 'platform')
  | ('not-text' | 'too-deep' | 'too-large' | 'too-heavy' | 'endless' | 'unsupported');

/** The place where following a value ended, and why; `parameter` is the one that it is, or is taken from. */
export interface DeadEnd extends SourceRange {
  readonly code: UnfollowableCode;
  readonly parameter?: SourceRange | undefined;
}

/** Why a value could not be followed. */
export type Cause = Pick<DeadEnd, 'code' | 'parameter'>;

/**
 * A value that the given files do not show. `spelling` is the path that names it, such as `pkgs.dockerTools.pullImage`; `inputs` are
 * the values that it was computed from, so it may contain their literals; `system` is the system of the package set that it belongs to.
 */
export interface UnknownValue {
  readonly kind: 'unknown';
  readonly spelling: readonly string[];
  readonly deadEnd: DeadEnd;
  readonly inputs: readonly Thunk[];
  readonly system?: string | undefined;
}

/**
 * An attribute set. `literals` are the `{ … }` that it is made of; `rest` stands for attributes that are not known; `through` and `within` are
 * the places that it came through and was taken from, as in a text.
 */
export interface SetValue {
  readonly kind: 'set';
  readonly attributes: ReadonlyMap<string, Thunk>;
  readonly literals: readonly AttributeSet[];
  readonly rest?: UnknownValue | undefined;
  readonly through?: readonly SourceRange[] | undefined;
  readonly within?: readonly SourceRange[] | undefined;
}

/** `literal` is where it is written as a whole, `[ … ]`, with the ranges of its items; a list that is computed has none. */
export interface ListValue {
  readonly kind: 'list';
  readonly items: readonly Thunk[];
  readonly literal?: (SourceRange & { readonly items: readonly Range[] }) | undefined;
  readonly through?: readonly SourceRange[] | undefined;
  readonly within?: readonly SourceRange[] | undefined;
}

/** A function that is defined in the given files. */
export interface FunctionValue {
  readonly kind: 'function';
  readonly lambda: Lambda;
  readonly scope: Scope;
}

/** A function of Nix or nixpkgs that pullpin can compute, with the arguments that it has so far. */
export interface BuiltInValue {
  readonly kind: 'built-in';
  readonly name: string;
  readonly given: readonly Thunk[];
  /** The system of the package set that it was taken from. */
  readonly system?: string | undefined;
}

export interface BooleanValue {
  readonly kind: 'boolean';
  readonly value: boolean;
}

/** A path, resolved against the folder of the file that contains it. */
export interface PathValue {
  readonly kind: 'path';
  readonly path: string;
}

/** A number or null. */
export interface OtherValue {
  readonly kind: 'other';
  readonly text: string;
}

/** What an expression evaluates to, as far as the given files show. */
export type Value =
  | (TextValue | SetValue | ListValue | FunctionValue | BuiltInValue | BooleanValue)
  | (PathValue | OtherValue | UnknownValue);

/** A value that is computed when it is first asked for. A value that asks for itself while it is computed is `endless`. */
export class Thunk {
  private value: Value | undefined;
  private isBusy = false;

  constructor(
    private readonly compute: () => Value,
    private readonly endless: () => UnknownValue,
  ) {}

  static of(value: Value): Thunk {
    const thunk = new Thunk(
      () => value,
      () => {
        throw new TypeError('a value that is there cannot be endless');
      },
    );
    thunk.value = value;
    return thunk;
  }

  force(): Value {
    if (this.value) return this.value;
    if (this.isBusy) return this.endless();
    this.isBusy = true;
    try {
      this.value = this.compute();
    } finally {
      this.isBusy = false;
    }
    return this.value;
  }
}

/** The names that an expression can see, each with its value. */
export type Scope = NameScope<Thunk>;

export const NULL: Value = { kind: 'other', text: 'null' };

/** The place of an expression that is seen in this scope. */
export function rangeIn(scope: Scope, { start, end }: Range): SourceRange {
  return { file: scope.file.path, start, end };
}

/** Makes an UnknownValue; the range is the place where following it ended. */
export function unknown(
  code: UnfollowableCode,
  { file, start, end }: SourceRange,
  {
    spelling = [],
    inputs = [],
    system,
    parameter,
  }: Partial<Pick<UnknownValue, 'spelling' | 'inputs' | 'system'> & Pick<DeadEnd, 'parameter'>> = {},
): UnknownValue {
  return { kind: 'unknown', spelling, inputs, deadEnd: { code, file, start, end, parameter }, system };
}

export function isSet(value: Value): value is SetValue {
  return value.kind === 'set';
}
