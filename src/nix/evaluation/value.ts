import type { Range } from '../language/position.js';
import type { AttributeSet, Lambda } from '../language/syntax.js';
import type { Scope } from './scope.js';

/** How a piece of text is written where it stands: inside of quotes, as a bare URI, in JSON, or as an expression that a literal may replace. */
export type Quote = '"' | "''" | 'uri' | 'json' | 'expression';

/**
 * Where a piece of a value is written: `file` and the range that holds it, quotes not included (a URI or expression as a whole).
 * `verbatim` when the characters there are the value's own, so that a part of them can be changed alone.
 */
export interface Origin extends Range {
  readonly file: string;
  readonly quote: Quote;
  readonly verbatim: boolean;
}

/** A piece of text and the place it came from; a computed piece has no place. */
export interface Segment {
  readonly text: string;
  readonly origin?: Origin | undefined;
}

/** A string that was followed to the literals that it is made of. `text` is its segments put together. */
export interface TextValue {
  readonly kind: 'text';
  readonly text: string;
  readonly segments: readonly Segment[];
}

/** Why a value could not be followed. */
export type UnfollowableCode =
  | ('parameter' | 'unknown-name' | 'call' | 'missing-attribute' | 'throws' | 'import' | 'platform')
  | ('not-text' | 'too-deep' | 'too-large' | 'endless' | 'unsupported');

/** The place where following a value ended, and why. */
export interface DeadEnd extends Range {
  readonly file: string;
  readonly code: UnfollowableCode;
}

/** A value that cannot be known from the files at hand. `spelling` is how it was reached, such as `pkgs.dockerTools.pullImage`. */
export interface UnknownValue {
  readonly kind: 'unknown';
  readonly spelling: readonly string[];
  readonly deadEnd: DeadEnd;
}

/** An attribute set. `literals` are the `{ … }` that it is made of; `rest` stands for attributes that are not known. */
export interface SetValue {
  readonly kind: 'set';
  readonly attributes: ReadonlyMap<string, Thunk>;
  readonly literals: readonly AttributeSet[];
  readonly rest?: UnknownValue | undefined;
}

export interface ListValue {
  readonly kind: 'list';
  readonly items: readonly Thunk[];
}

export interface FunctionValue {
  readonly kind: 'function';
  readonly lambda: Lambda;
  readonly scope: Scope;
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

/** What `readFile` gives: good for nothing but `fromJSON`. */
export interface FileTextValue {
  readonly kind: 'file-text';
  readonly path: string;
}

/** A number or null, which no pin needs. */
export interface OtherValue {
  readonly kind: 'other';
  readonly text: string;
}

/** What an expression evaluates to, as far as the files at hand tell. */
export type Value =
  | (TextValue | SetValue | ListValue | FunctionValue | BooleanValue)
  | (PathValue | FileTextValue | OtherValue | UnknownValue);

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

/** The text that some segments make. */
export function textOf(segments: readonly Segment[]): TextValue {
  return { kind: 'text', text: segments.map(({ text }) => text).join(''), segments };
}

/** The part of a text from `start` to `end`, with the places that its pieces came from. */
export function sliceText(value: TextValue, start: number, end: number): TextValue {
  const slices: Segment[] = [];
  let at = 0;
  for (const { text, origin } of value.segments) {
    const [from, to] = [Math.max(start - at, 0), Math.min(end - at, text.length)];
    at += text.length;
    if (from >= to && !(text === '' && start === end)) continue;
    if (from === 0 && to === text.length) slices.push({ text, origin });
    else slices.push({ text: text.slice(from, to), origin: origin?.verbatim ? within(origin, from, to) : undefined });
  }
  return textOf(slices);
}

function within(origin: Origin, from: number, to: number): Origin {
  return { ...origin, start: origin.start + from, end: origin.start + to };
}
