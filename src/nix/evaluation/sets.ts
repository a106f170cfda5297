import type { Range } from '../language/position.js';
import type * as Syntax from '../language/syntax.js';
import { attributeOf } from '../values/attributes.js';
import type { Evaluation } from '../values/evaluation.js';
import { cameThrough } from '../values/through.js';
import {
  rangeIn,
  type Scope,
  type SetValue,
  type Thunk,
  type UnknownValue,
  unknown,
  type Value,
} from '../values/value.js';
import { boundTo } from './names.js';
import { attributeName } from './paths.js';

/** `{ … }` or `rec { … }`. */
export function set(expression: Syntax.AttributeSet, scope: Scope, evaluation: Evaluation): SetValue {
  const names = new Map<string, Thunk>();
  const inner = expression.recursive ? scope.inner(names) : scope;
  const bound = new Bindings(names, inner, evaluation).bind(expression.bindings, scope);
  return { ...bound, literals: [expression], through: [rangeIn(scope, expression)] };
}

/** `let … in body`, or the old `let { …; body = …; }`. */
export function bodyOf(expression: Syntax.Let | Syntax.LetBody, scope: Scope, evaluation: Evaluation): Value {
  const inner = recursiveScope(expression.bindings, scope, evaluation);
  if (expression.kind === 'let') return evaluation.evaluate(expression.body, inner);
  return inner.lexical('body')?.force() ?? unknown('missing-attribute', rangeIn(scope, expression));
}

/** The scope in which the bindings of a `let` or `rec` see each other. */
export function recursiveScope(bindings: readonly Syntax.Binding[], scope: Scope, evaluation: Evaluation): Scope {
  const names = new Map<string, Thunk>();
  const inner = scope.inner(names);
  new Bindings(names, inner, evaluation).bind(bindings, scope);
  return inner;
}

/** `path = value;` somewhere below the name that is being defined. */
interface Definition {
  readonly path: Syntax.AttributePath;
  /** How many names at the start of the path are already handled. */
  readonly at: number;
  readonly value: Syntax.Expression;
  readonly scope: Scope;
  /** The whole `path = value;`. */
  readonly statement: Range;
}

function definitionOf(binding: Syntax.Assignment, scope: Scope): Definition {
  return { path: binding.path, at: 0, value: binding.value, scope, statement: binding };
}

function isReached({ path, at }: Definition): boolean {
  return at >= path.length;
}

/** Fills `names` with what some bindings define. */
class Bindings {
  constructor(
    private readonly names: Map<string, Thunk>,
    private readonly inner: Scope,
    private readonly evaluation: Evaluation,
  ) {}

  bind(bindings: readonly Syntax.Binding[], outer: Scope): SetValue {
    const definitions: Definition[] = [];
    for (const binding of bindings) {
      if (binding.kind === 'inherit') this.inherit(binding, this.inner, outer);
      else definitions.push(definitionOf(binding, this.inner));
    }
    return this.define(definitions);
  }

  private inherit({ from, names }: Syntax.Inherit, inner: Scope, outer: Scope): void {
    const { evaluation } = this;
    const subject = from ? evaluation.later(from, inner) : undefined;
    for (const name of names) {
      const text = attributeName(name, inner, evaluation);
      if (typeof text !== 'string') continue;
      const where = rangeIn(inner, name);
      const compute = () =>
        subject
          ? (attributeOf(subject.force(), text, where) ?? unknown('unsupported', where))
          : boundTo(text, name, outer, evaluation);
      this.names.set(
        text,
        evaluation.thunk(where, () => cameThrough(compute(), where)),
      );
    }
  }

  /** Definitions of `a.b` and `a.c` make one set `a`, to which `a = { … };` adds. */
  private define(definitions: readonly Definition[]): SetValue {
    const { names, inner, evaluation } = this;
    let rest: UnknownValue | undefined;
    const byName = new Map<string, Definition[]>();
    for (const definition of definitions) {
      const first = definition.path[definition.at];
      const name = first ? attributeName(first, definition.scope, evaluation) : '';
      if (typeof name !== 'string') {
        rest = { ...name, inputs: [...name.inputs, evaluation.later(definition.value, definition.scope)] };
        continue;
      }
      const same = byName.get(name) ?? [];
      same.push({ ...definition, at: definition.at + 1 });
      byName.set(name, same);
    }
    for (const [name, same] of byName) {
      const where = same[0]?.value ?? inner.file.root;
      names.set(
        name,
        evaluation.thunk(rangeIn(inner, where), () => this.defined(same, where)),
      );
    }
    return { kind: 'set', attributes: names, literals: [], rest };
  }

  private defined(definitions: readonly Definition[], where: Range): Value {
    const [first] = definitions;
    if (definitions.length === 1 && first && isReached(first)) {
      const value = this.evaluation.evaluate(first.value, first.scope);
      return cameThrough(value, rangeIn(first.scope, first.statement));
    }
    const part = new Bindings(new Map<string, Thunk>(), this.inner, this.evaluation);
    const nested: Definition[] = [];
    const literals: Syntax.AttributeSet[] = [];
    for (const definition of definitions) {
      if (!isReached(definition)) {
        nested.push(definition);
        continue;
      }
      const { value, scope } = definition;
      if (value.kind !== 'set' || value.recursive) return unknown('unsupported', rangeIn(this.inner, where));
      literals.push(value);
      for (const binding of value.bindings) {
        if (binding.kind === 'inherit') part.inherit(binding, scope, scope);
        else nested.push(definitionOf(binding, scope));
      }
    }
    const through = definitions.map(({ statement, scope }) => rangeIn(scope, statement));
    return { ...part.define(nested), literals, through };
  }
}
