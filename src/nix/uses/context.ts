import { builtInAt } from '../evaluation/built-ins/built-ins.js';
import { constantText } from '../language/string-text.js';
import type * as Syntax from '../language/syntax.js';
import type { Evaluation } from '../values/evaluation.js';
import { rangeIn, type Scope, type SourceRange } from '../values/value.js';
import { type Parent, parentsIn } from './parents.js';

/**
 * What becomes of a value where it is used.
 * - `name`: it gets one more name, whose uses are found by themselves
 * - `attribute`: it becomes an attribute of a set, which code that is not seen may read
 * - `seen`: only a part of it is taken there, or it is what a file gives
 * - `unknown`: anything else
 */
export interface UseContext {
  readonly kind: 'name' | 'attribute' | 'seen' | 'unknown';
  readonly name?: string | undefined;
  /** The expression, and all around it that have its value or are made from it; the binding or the parameter comes last. */
  readonly ranges: readonly SourceRange[];
  /** The text that it is made into, as far as that is known. */
  readonly text?: string | undefined;
}

/** Finds what becomes of the value of an expression. */
export function contextOf(start: Syntax.Expression, scope: Scope, evaluation: Evaluation): UseContext {
  const parents = parentsIn(scope.file);
  const ranges: SourceRange[] = [rangeIn(scope, start)];
  let text = textOf(start, scope, evaluation);
  let isInScope = true;
  for (let at = start; ; ) {
    const parent = parents.get(at);
    if (!parent) return { kind: 'seen', ranges, text };
    const { expression, binding, formal } = parent;
    if (binding) return { ...ofBinding(binding, parent, scope), ranges: [...ranges, rangeIn(scope, binding)], text };
    if (formal) return { kind: 'name', name: formal.name, ranges: [...ranges, rangeIn(scope, formal)], text };
    const step: Step =
      expression.kind === 'apply'
        ? intoCall(at, expression, isInScope ? scope : undefined, evaluation)
        : stepOut(at, expression);
    if (step === 'seen' || step === 'unknown') return { kind: step, ranges, text };
    isInScope &&= step !== 'result';
    at = expression;
    ranges.push(rangeIn(scope, at));
    if (isInScope) text = textOf(at, scope, evaluation);
  }
}

function textOf(expression: Syntax.Expression, scope: Scope, evaluation: Evaluation): string | undefined {
  const value = evaluation.evaluate(expression, scope);
  return value.kind === 'text' ? value.text : undefined;
}

type Step = 'value' | 'result' | 'seen' | 'unknown';

/** `value` when the outer expression has the value of the inner one or is made from it, `result` when it is also another scope. */
function stepOut(inner: Syntax.Expression, outer: Syntax.Expression): Step {
  switch (outer.kind) {
    case 'parenthesized':
    case 'string':
      return 'value';
    case 'binary':
      return outer.operator === '+' || outer.operator === '//' ? 'value' : 'unknown';
    case 'if':
      return inner === outer.condition ? 'unknown' : 'value';
    case 'select':
      return inner === outer.subject ? 'seen' : inner === outer.fallback ? 'value' : 'unknown';
    case 'has-attribute':
      return inner === outer.subject ? 'seen' : 'unknown';
    case 'with':
      return inner === outer.subject ? 'seen' : 'result';
    case 'assert':
      return inner === outer.body ? 'result' : 'unknown';
    case 'let':
      return 'result';
    // What a function makes of its parameters is looked at where it is called.
    case 'lambda':
      return 'seen';
    default:
      return 'unknown';
  }
}

/** Only what a known function makes of its argument can be followed. */
function intoCall(
  inner: Syntax.Expression,
  { function: callee }: Syntax.Apply,
  scope: Scope | undefined,
  evaluation: Evaluation,
): Step {
  if (inner === callee) return 'value';
  const value = scope && evaluation.evaluate(callee, scope);
  if (value?.kind === 'function' || value?.kind === 'built-in') return 'value';
  return value?.kind === 'unknown' && builtInAt(value) ? 'value' : 'unknown';
}

function ofBinding(binding: Syntax.Binding, { expression }: Parent, scope: Scope): Pick<UseContext, 'kind' | 'name'> {
  if (binding.kind === 'inherit') return { kind: 'seen' };
  const last = binding.path.at(-1);
  const name = last && nameOf(last, scope);
  return { kind: expression.kind === 'let' && binding.path.length === 1 ? 'name' : 'attribute', name };
}

/** The name of an attribute; undefined when it is computed. */
function nameOf(name: Syntax.AttributeName, { file }: Scope): string | undefined {
  if (name.kind === 'variable') return name.name;
  return name.kind === 'string' ? constantText(file.source, name) : undefined;
}
