import { builtInAt } from '../evaluation/built-ins/built-ins.js';
import { spine } from '../evaluation/calls.js';
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
 * - `choice`: it decides which other value is taken, so that this value may belong to it
 * - `unknown`: anything else
 */
export interface UseContext {
  readonly kind: 'name' | 'attribute' | 'seen' | 'choice' | 'unknown';
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
        : isKey(expression, parents)
          ? 'choice'
          : stepOut(at, expression);
    if (step === 'seen' || step === 'choice' || step === 'unknown') return { kind: step, ranges, text };
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

type Step = 'value' | 'result' | 'seen' | 'choice' | 'unknown';

/** `value` when the outer expression has the value of the inner one or is made from it, `result` when it is also another scope. */
function stepOut(inner: Syntax.Expression, outer: Syntax.Expression): Step {
  switch (outer.kind) {
    case 'parenthesized':
    case 'string':
      return 'value';
    case 'binary':
      return outer.operator === '+' || outer.operator === '//' ? 'value' : 'choice';
    case 'if':
      return inner === outer.condition ? 'choice' : 'value';
    case 'select':
      return inner === outer.subject ? 'seen' : inner === outer.fallback ? 'value' : 'choice';
    case 'has-attribute':
      return inner === outer.subject ? 'seen' : 'choice';
    case 'with':
      return inner === outer.subject ? 'seen' : 'result';
    case 'assert':
      return inner === outer.body ? 'result' : 'choice';
    case 'let':
      return 'result';
    // The name of a file or of an attribute.
    case 'path':
    case 'set':
      return 'choice';
    // What a function makes of its parameters is looked at where it is called.
    case 'lambda':
      return 'seen';
    default:
      return 'unknown';
  }
}

/** Functions that read something by the name that they are given, or say something about it. */
const CHOOSES =
  /^(?:(?:get|has)Attr\w*|attr(?:ByPath|Vals)|elem|elemAt|version(?:AtLeast|Older)|compareVersions|has(?:Prefix|Suffix|Infix)|import|import(?:JSON|TOML)|from(?:JSON|TOML)|readFile|fileContents|callPackage\w*)$/;

function chooses(call: Syntax.Apply): boolean {
  const { head } = spine(call);
  const name = head.kind === 'select' ? head.path.at(-1) : head;
  return name?.kind === 'variable' && CHOOSES.test(name.name);
}

/** Whether an expression is a list of names by which something is read, as attrByPath takes it. */
function isKey(list: Syntax.Expression, parents: ReturnType<typeof parentsIn>): boolean {
  const outer = list.kind === 'list' ? parents.get(list)?.expression : undefined;
  return outer?.kind === 'apply' && chooses(outer);
}

/** Only what a known function makes of its argument can be followed. */
function intoCall(
  inner: Syntax.Expression,
  call: Syntax.Apply,
  scope: Scope | undefined,
  evaluation: Evaluation,
): Step {
  const callee = call.function;
  if (inner === callee) return 'value';
  if (chooses(call)) return 'choice';
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
