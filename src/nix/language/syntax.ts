import type { Range } from './position.js';

/** A comment with its marks (`#` up to the line's end, or from the opening to the closing mark). */
export type Comment = Range;

/** A piece of a string or path as it is written, escapes included; `stringRuns` gives its value. */
export interface TextPart extends Range {
  readonly kind: 'text';
}

/** `${expression}` inside of a string or path, marks included. */
export interface InterpolationPart extends Range {
  readonly kind: 'interpolation';
  readonly expression: Expression;
}

export type StringPart = TextPart | InterpolationPart;

/** `"…"`, `''…''`, or a URI without quotes. The range includes the quotes; the parts do not. */
export interface StringLiteral extends Range {
  readonly kind: 'string';
  readonly quote: '"' | "''" | 'uri';
  readonly parts: readonly StringPart[];
}

/** `./a`, `a/b`, `/a`, `~/a`, also with interpolation. */
export interface PathLiteral extends Range {
  readonly kind: 'path';
  readonly parts: readonly StringPart[];
}

/** `<nixpkgs/lib>`; `name` has no angle brackets. */
export interface SearchPath extends Range {
  readonly kind: 'search-path';
  readonly name: string;
}

/** An integer or float, as it is written. */
export interface NumberLiteral extends Range {
  readonly kind: 'number';
  readonly text: string;
}

export interface Variable extends Range {
  readonly kind: 'variable';
  readonly name: string;
}

/** One step of an attribute path: a bare name, a string, or `${…}`. */
export type AttributeName = Variable | StringLiteral | InterpolationPart;

export type AttributePath = readonly AttributeName[];

/** `subject.path` or `subject.path or fallback`. */
export interface Select extends Range {
  readonly kind: 'select';
  readonly subject: Expression;
  readonly path: AttributePath;
  readonly fallback?: Expression | undefined;
}

/** `subject ? path`. */
export interface HasAttribute extends Range {
  readonly kind: 'has-attribute';
  readonly subject: Expression;
  readonly path: AttributePath;
}

/** A function applied to one argument; `f a b` is two of these. */
export interface Apply extends Range {
  readonly kind: 'apply';
  readonly function: Expression;
  readonly argument: Expression;
}

export interface Unary extends Range {
  readonly kind: 'unary';
  readonly operator: '!' | '-';
  readonly operand: Expression;
}

export type BinaryOperator =
  | ('->' | '||' | '&&' | '==' | '!=' | '<' | '>' | '<=' | '>=')
  | ('//' | '+' | '-' | '*' | '/' | '++' | '<|' | '|>');

export interface Binary extends Range {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

/** One name in `{ a, b ? 1 }:`. */
export interface Formal extends Range {
  readonly name: string;
  readonly fallback?: Expression | undefined;
}

/** `a: body`, `{ a, ... }: body`, `{ a }@args: body` or `args@{ a }: body`. */
export interface Lambda extends Range {
  readonly kind: 'lambda';
  readonly parameter?: string | undefined;
  readonly formals?: readonly Formal[] | undefined;
  readonly ellipsis: boolean;
  readonly body: Expression;
}

/** `path = value;`, semicolon included. */
export interface Assignment extends Range {
  readonly kind: 'assignment';
  readonly path: AttributePath;
  readonly value: Expression;
}

/** `inherit a b;` or `inherit (from) a b;`. The names are static. */
export interface Inherit extends Range {
  readonly kind: 'inherit';
  readonly from?: Expression | undefined;
  readonly names: readonly AttributeName[];
}

export type Binding = Assignment | Inherit;

/** `{ … }` or `rec { … }`. */
export interface AttributeSet extends Range {
  readonly kind: 'set';
  readonly recursive: boolean;
  readonly bindings: readonly Binding[];
}

/** `let … in body`. */
export interface Let extends Range {
  readonly kind: 'let';
  readonly bindings: readonly Binding[];
  readonly body: Expression;
}

/** The old `let { …; body = …; }`, which is `(rec { … }).body`. */
export interface LetBody extends Range {
  readonly kind: 'let-body';
  readonly bindings: readonly Binding[];
}

export interface List extends Range {
  readonly kind: 'list';
  readonly items: readonly Expression[];
}

export interface If extends Range {
  readonly kind: 'if';
  readonly condition: Expression;
  readonly consequent: Expression;
  readonly alternative: Expression;
}

export interface With extends Range {
  readonly kind: 'with';
  readonly subject: Expression;
  readonly body: Expression;
}

export interface Assert extends Range {
  readonly kind: 'assert';
  readonly condition: Expression;
  readonly body: Expression;
}

export interface Parenthesized extends Range {
  readonly kind: 'parenthesized';
  readonly expression: Expression;
}

/** Any expression of the Nix language, with the range of its text. A tree may have 100,000 levels, so code must walk it without recursion. */
export type Expression =
  | (StringLiteral | PathLiteral | SearchPath | NumberLiteral | Variable)
  | (Select | HasAttribute | Apply | Unary | Binary)
  | (Lambda | AttributeSet | Let | LetBody | List | If | With | Assert | Parenthesized);

/** A parsed file. `comments` are in their order in `source`. */
export interface NixFile {
  readonly path: string;
  readonly source: string;
  readonly root: Expression;
  readonly comments: readonly Comment[];
}
