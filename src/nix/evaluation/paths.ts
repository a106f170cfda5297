import type * as Syntax from '../language/syntax.js';
import type { Evaluation, Step } from '../values/evaluation.js';
import { rangeIn, type Scope, type UnknownValue, unknown } from '../values/value.js';

/** The names of an attribute path; an UnknownValue when one of them is not known. */
export function pathNames(path: Syntax.AttributePath, scope: Scope, evaluation: Evaluation): string[] | UnknownValue {
  const names: string[] = [];
  for (const name of path) {
    const text = attributeName(name, scope, evaluation);
    if (typeof text !== 'string') return text;
    names.push(text);
  }
  return names;
}

/** One name of an attribute path; an UnknownValue when it is not known. */
export function attributeName(name: Syntax.AttributeName, scope: Scope, evaluation: Evaluation): string | UnknownValue {
  if (name.kind === 'variable') return name.name;
  const value = evaluation.evaluate(name.kind === 'string' ? name : name.expression, scope);
  if (value.kind === 'text') return value.text;
  return value.kind === 'unknown' ? value : unknown('unsupported', rangeIn(scope, name));
}

/** `subject ? path`. */
export const hasAttribute: Step<Syntax.HasAttribute> = (expression, scope, evaluation) => {
  let value = evaluation.evaluate(expression.subject, scope);
  const names = pathNames(expression.path, scope, evaluation);
  if (!Array.isArray(names)) return names;
  for (const name of names) {
    const isOpen = value.kind === 'unknown' || (value.kind === 'set' && value.rest !== undefined);
    if (isOpen) return unknown('unsupported', rangeIn(scope, expression));
    const next = value.kind === 'set' ? value.attributes.get(name) : undefined;
    if (!next) return { kind: 'boolean', value: false };
    value = next.force();
  }
  return { kind: 'boolean', value: true };
};
