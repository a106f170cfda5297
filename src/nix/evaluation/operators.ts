import type * as Syntax from '../language/syntax.js';
import type { Evaluation, Step } from '../values/evaluation.js';
import { joined } from '../values/joined.js';
import { merged } from '../values/merge.js';
import { type OtherValue, rangeIn, type Scope, type TextValue, Thunk, unknown, type Value } from '../values/value.js';
import { integerOf } from './built-ins/built-in.js';

export const unary: Step<Syntax.Unary> = (expression, scope, evaluation) => {
  const value = expression.operator === '!' ? evaluation.evaluate(expression.operand, scope) : undefined;
  if (value?.kind === 'boolean') return { kind: 'boolean', value: !value.value };
  return value?.kind === 'unknown' ? value : unknown('unsupported', rangeIn(scope, expression));
};

export const binary: Step<Syntax.Binary> = (expression, scope, evaluation) => {
  const left = evaluation.evaluate(expression.left, scope);
  const where = rangeIn(scope, expression);
  switch (expression.operator) {
    case '&&':
    case '||':
    case '->':
      return logical(expression, left, scope, evaluation);
    case '//':
      return merged(left, evaluation.evaluate(expression.right, scope), where, evaluation);
    case '++':
      return concatenated([left, evaluation.evaluate(expression.right, scope)], where, evaluation);
    case '+':
      return added(left, evaluation.evaluate(expression.right, scope), where, evaluation);
    default:
      return compared(expression, left, evaluation.evaluate(expression.right, scope), scope);
  }
};

function added(left: Value, right: Value, where: ReturnType<typeof rangeIn>, evaluation: Evaluation): Value {
  const [one, other] = [left, right].map(integerOf);
  if (one !== undefined && other !== undefined) return { kind: 'other', text: String(one + other) };
  if (left.kind !== 'path' || right.kind !== 'text') return joined([left, right], where, evaluation);
  return { kind: 'path', path: evaluation.files.joined(left.path, right.text) };
}

function concatenated(lists: readonly Value[], where: ReturnType<typeof rangeIn>, evaluation: Evaluation): Value {
  const items = lists.flatMap((list) => (list.kind === 'list' ? [list.items] : []));
  if (items.length < lists.length) {
    const blamed = lists.find(({ kind }) => kind === 'unknown');
    const inputs = lists.map(Thunk.of);
    return blamed?.kind === 'unknown' ? { ...blamed, inputs } : unknown('unsupported', where, { inputs });
  }
  if (!evaluation.spend(items.reduce((sum, { length }) => sum + length, 0))) return unknown('too-heavy', where);
  return { kind: 'list', items: items.flat() };
}

function compared(expression: Syntax.Binary, left: Value, right: Value, scope: Scope): Value {
  const { operator } = expression;
  const same = operator === '==' || operator === '!=' ? isSame(left, right) : undefined;
  if (same !== undefined) return { kind: 'boolean', value: same === (operator === '==') };
  const inputs = [Thunk.of(left), Thunk.of(right)];
  const blamed = [left, right].find((value) => value.kind === 'unknown');
  return blamed ? { ...blamed, inputs } : unknown('unsupported', rangeIn(scope, expression), { inputs });
}

function logical(
  { operator, right, ...range }: Syntax.Binary,
  left: Value,
  scope: Scope,
  evaluation: Evaluation,
): Value {
  if (left.kind === 'unknown') return left;
  if (left.kind !== 'boolean') return unknown('unsupported', rangeIn(scope, range));
  if (operator === '&&' && !left.value) return left;
  if (operator === '||' && left.value) return left;
  if (operator === '->' && !left.value) return { kind: 'boolean', value: true };
  return evaluation.evaluate(right, scope);
}

export const conditional: Step<Syntax.If> = ({ condition, consequent, alternative }, scope, evaluation) => {
  const value = evaluation.evaluate(condition, scope);
  if (value.kind === 'boolean') return evaluation.evaluate(value.value ? consequent : alternative, scope);
  const inputs = [consequent, alternative].map((branch) => evaluation.later(branch, scope));
  return value.kind === 'unknown'
    ? { ...value, inputs }
    : unknown('unsupported', rangeIn(scope, condition), { inputs });
};

export const assertion: Step<Syntax.Assert> = ({ condition, body }, scope, evaluation) => {
  const value = evaluation.evaluate(condition, scope);
  const fails = value.kind === 'boolean' && !value.value;
  return fails ? unknown('throws', rangeIn(scope, condition)) : evaluation.evaluate(body, scope);
};

function isSame(left: Value, right: Value): boolean | undefined {
  if (isScalar(left) && isScalar(right)) return left.kind === right.kind && left.text === right.text;
  if (left.kind === 'boolean' && right.kind === 'boolean') return left.value === right.value;
  return undefined;
}

function isScalar(value: Value): value is TextValue | OtherValue {
  return value.kind === 'text' || value.kind === 'other';
}
