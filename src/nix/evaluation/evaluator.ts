import type * as Syntax from '../language/syntax.js';
import { Budget, CHARACTERS_A_STEP } from '../values/budget.js';
import type { Evaluation } from '../values/evaluation.js';
import type { NixFiles } from '../values/files.js';
import { cameThrough } from '../values/through.js';
import { rangeIn, type Scope, type SourceRange, Thunk, unknown, type Value } from '../values/value.js';
import { apply, applyValue } from './calls.js';
import { Imports } from './imports.js';
import { select, variable } from './names.js';
import { assertion, binary, conditional, unary } from './operators.js';
import { hasAttribute } from './paths.js';
import { bodyOf, set } from './sets.js';
import { path, string } from './strings.js';

// How deep the evaluator may call itself, so that no file can overflow the stack. Pins need a few dozen levels.
const DEEPEST = 250;
const DEEPEST_THUNK = 1000;

/**
 * Follows values through Nix expressions. It computes a value only when something asks for it, and never guesses: a value that the given
 * files do not show is an UnknownValue. A value that depends on the platform is computed for `system`, and is unknown when there is no
 * `system`. `consultedPlatform` is true when some value depended on it.
 */
export class Evaluator implements Evaluation {
  consultedPlatform = false;
  consultedDefault = false;
  private depth = 0;
  private thunkDepth = 0;
  private readonly imports = new Imports(this);

  constructor(
    readonly files: NixFiles,
    readonly system: string | undefined,
    private readonly budget = new Budget(files.main.source.length),
    readonly areDefaultsOpen = false,
  ) {}

  noteDefault(): void {
    this.consultedDefault = true;
  }

  notePlatform(): void {
    this.consultedPlatform = true;
  }

  spend(steps: number): boolean {
    return this.budget.spend(steps);
  }

  evaluate(expression: Syntax.Expression, scope: Scope): Value {
    if (!this.budget.spendAt(() => rangeIn(scope, expression), sizeOf(expression)))
      return unknown('too-heavy', rangeIn(scope, expression));
    if (this.depth >= DEEPEST) return unknown('too-deep', rangeIn(scope, expression));
    this.depth++;
    try {
      return this.dispatch(expression, scope);
    } finally {
      this.depth--;
    }
  }

  later(expression: Syntax.Expression, scope: Scope): Thunk {
    const where = rangeIn(scope, expression);
    return this.thunk(where, () => cameThrough(this.evaluate(expression, scope), where));
  }

  thunk(where: SourceRange, compute: () => Value): Thunk {
    const nested = (): Value => {
      if (this.thunkDepth >= DEEPEST_THUNK) return unknown('too-deep', where);
      this.thunkDepth++;
      try {
        return compute();
      } finally {
        this.thunkDepth--;
      }
    };
    return new Thunk(nested, () => unknown('endless', where));
  }

  apply(callee: Value, args: readonly Thunk[], where: SourceRange): Value {
    return applyValue(callee, args, where, this);
  }

  importNix(path: string, where: SourceRange): Value {
    return this.imports.nix(path, where);
  }

  importJson(path: string, where: SourceRange): Value {
    return this.imports.json(path, where);
  }

  importToml(path: string, where: SourceRange): Value {
    return this.imports.toml(path, where);
  }

  private dispatch(expression: Syntax.Expression, scope: Scope): Value {
    switch (expression.kind) {
      case 'string':
        return string(expression, scope, this);
      case 'path':
        return path(expression, scope, this);
      case 'search-path':
        return unknown('unknown-name', rangeIn(scope, expression), { spelling: [`<${expression.name}>`] });
      case 'number':
        return { kind: 'other', text: expression.text };
      case 'variable':
        return variable(expression, scope, this);
      case 'select':
        return select(expression, scope, this);
      case 'has-attribute':
        return hasAttribute(expression, scope, this);
      case 'apply':
        return apply(expression, scope, this);
      case 'unary':
        return unary(expression, scope, this);
      case 'binary':
        return binary(expression, scope, this);
      case 'lambda':
        return { kind: 'function', lambda: expression, scope };
      case 'set':
        return set(expression, scope, this);
      case 'let':
      case 'let-body':
        return bodyOf(expression, scope, this);
      case 'list':
        return {
          kind: 'list',
          items: expression.items.map((item) => this.later(item, scope)),
          literal: { ...rangeIn(scope, expression), items: expression.items },
        };
      case 'if':
        return conditional(expression, scope, this);
      case 'with':
        return this.evaluate(expression.body, scope.with(this.later(expression.subject, scope)));
      case 'assert':
        return assertion(expression, scope, this);
      case 'parenthesized':
        return this.evaluate(expression.expression, scope);
    }
  }
}

/** The steps that an expression costs without the expressions inside it: one, and more when it is long. */
function sizeOf(expression: Syntax.Expression): number {
  switch (expression.kind) {
    case 'list':
      return 1 + expression.items.length;
    case 'set':
    case 'let':
    case 'let-body':
      return 1 + expression.bindings.length;
    case 'select':
    case 'has-attribute':
      return 1 + expression.path.length;
    case 'string':
      return 1 + expression.parts.length + (expression.end - expression.start) / CHARACTERS_A_STEP.read;
    default:
      return 1;
  }
}
