import type { Range } from '../language/position.js';
import type { AttributeSet, Lambda } from '../language/syntax.js';
import type { NameScope } from './scope.js';

/** A range of one of several files. */
export interface SourceRange extends Range {
  readonly file: string;
}

/** The same word for two ranges exactly when they are the same. */
export function rangeKey({ file, start, end }: SourceRange): string {
  return `${start}-${end} ${file}`;
}

/**
 * How a piece of text is written where it stands: inside of quotes, as a bare URI, in JSON or TOML, as the text of a file of its own, or as an
 * expression that a literal may replace.
 */
export type Quote = '"' | "''" | 'uri' | 'json' | 'toml' | 'file' | 'expression';

/**
 * Where a piece of a value is written: `file` and the range that holds it, quotes not included (a URI or expression as a whole).
 * `verbatim` when the characters there are the value's own, so that a part of them can be changed alone.
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
 * A string that was followed to the literals that it is made of. `text` is its segments put together; `through` are the bindings, list items,
 * arguments, functions and JSON objects that it came through, each of which may have a comment that is meant for it;
 * `within` are those of the sets and lists that it was taken out of; `others` are what stood to choose beside it where a computed name chose it,
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

/** Why a value could not be followed. */
export type UnfollowableCode =
  | ('parameter' | 'unknown-name' | 'call' | 'missing-attribute' | 'throws' | 'import' | 'platform')
  | ('not-text' | 'too-deep' | 'too-large' | 'too-heavy' | 'endless' | 'unsupported');

/** The place where following a value ended, and why. */
export interface DeadEnd extends SourceRange {
  readonly code: UnfollowableCode;
}

/**
 * A value that cannot be known from the given files. `spelling` is how it was reached, such as `pkgs.dockerTools.pullImage`; `inputs` are
 * the values that went into it, whose literals may be a part of it; `system` is that of the package set that it is a part of.
 */
export interface UnknownValue {
  readonly kind: 'unknown';
  readonly spelling: readonly string[];
  readonly deadEnd: DeadEnd;
  readonly inputs: readonly Thunk[];
  readonly system?: string | undefined;
}

/**
 * An attribute set. `literals` are the `{ … }` that it is made of; `rest` stands for attributes that are not known; `through` is where it
 * stands as a whole, and what it came through, as in a text.
 */
export interface SetValue {
  readonly kind: 'set';
  readonly attributes: ReadonlyMap<string, Thunk>;
  readonly literals: readonly AttributeSet[];
  readonly rest?: UnknownValue | undefined;
  readonly through?: readonly SourceRange[] | undefined;
  readonly within?: readonly SourceRange[] | undefined;
}

export interface ListValue {
  readonly kind: 'list';
  readonly items: readonly Thunk[];
  readonly through?: readonly SourceRange[] | undefined;
  readonly within?: readonly SourceRange[] | undefined;
}

/** A function that is defined in the given files. */
export interface FunctionValue {
  readonly kind: 'function';
  readonly lambda: Lambda;
  readonly scope: Scope;
}

/** A function of Nix or nixpkgs that is followed, with the first of its arguments. */
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

/** A path, resolved against the folder of the file that it stands in. */
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

/** A value that is computed when it is first asked for. Asked for while it is being computed, it is `endless`. */
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

/** A value that cannot be known, because of what stands at a place. */
export function unknown(
  code: UnfollowableCode,
  { file, start, end }: SourceRange,
  { spelling = [], inputs = [], system }: Partial<Pick<UnknownValue, 'spelling' | 'inputs' | 'system'>> = {},
): UnknownValue {
  return { kind: 'unknown', spelling, inputs, deadEnd: { code, file, start, end }, system };
}

export function isSet(value: Value): value is SetValue {
  return value.kind === 'set';
}
