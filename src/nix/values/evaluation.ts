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
  /** Notes that the outcome depends on the platform. */
  notePlatform(): void;
  /** Counts work that the expression costs beyond itself. False when the evaluation has taken too long by now. */
  spend(steps: number): boolean;
  evaluate(expression: Expression, scope: Scope): Value;
  /** The same, but not before its value is asked for. */
  later(expression: Expression, scope: Scope): Thunk;
  /** Any other value that is not computed before it is asked for. `where` is the place that is reported when the value needs itself. */
  thunk(where: SourceRange, compute: () => Value): Thunk;
  /** What a function gives for some arguments, one by one. */
  apply(callee: Value, args: readonly Thunk[], where: SourceRange): Value;
  /** What importing a Nix file gives. */
  importNix(path: string, where: SourceRange): Value;
  /** What a JSON file holds. */
  importJson(path: string, where: SourceRange): Value;
  /** What a TOML file holds. */
  importToml(path: string, where: SourceRange): Value;
}

/** One kind of expression, evaluated. */
export type Step<Kind extends Range> = (expression: Kind, scope: Scope, evaluation: Evaluation) => Value;
