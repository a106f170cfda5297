import type { Range } from '../language/position.js';
import type { Expression } from '../language/syntax.js';
import type { NixFiles } from './files.js';
import type { Scope, SourceRange, Thunk, Value } from './value.js';

/**
 * The methods of an evaluation that each kind of expression and each function may use. An expression's file has the shape
 * `(expression, scope, evaluation) => Value`, and does not use the internals of another one.
 */
export interface Evaluation {
  readonly files: NixFiles;
  /** The Nix system that platform-dependent values are followed for; without one they are unknown. */
  readonly system: string | undefined;
  /** Whether parameters with a default are unknown, because callers that are not seen may pass another value. */
  readonly areDefaultsOpen: boolean;
  /** Records that a default was taken in a function whose callers may not be seen. */
  noteDefault(): void;
  /** Records that the result depends on the platform. */
  notePlatform(): void;
  /** Counts extra work for an expression. Returns false when the budget of the file is spent. */
  spend(steps: number): boolean;
  evaluate(expression: Expression, scope: Scope): Value;
  /** Evaluates an expression later, when its value is first asked for. */
  later(expression: Expression, scope: Scope): Thunk;
  /** Computes any other value later, when it is first asked for. When the value needs itself, the result is an `endless` unknown at `where`. */
  thunk(where: SourceRange, compute: () => Value): Thunk;
  /** Applies a function to arguments, one after the other. */
  apply(callee: Value, args: readonly Thunk[], where: SourceRange): Value;
  /** The value that `import` of a Nix file gives. */
  importNix(path: string, where: SourceRange): Value;
  /** The value of a JSON file. */
  importJson(path: string, where: SourceRange): Value;
  /** The value of a TOML file. */
  importToml(path: string, where: SourceRange): Value;
}

/** A function that evaluates one kind of expression. */
export type Step<Kind extends Range> = (expression: Kind, scope: Scope, evaluation: Evaluation) => Value;
