import type { Evaluation } from './evaluation.js';
import { systemOfNames } from './systems.js';
import { takenOutOf } from './through.js';
import { NULL, type SourceRange, type Thunk, type UnknownValue, unknown, type Value } from './value.js';

/** The value of an attribute; undefined when the value cannot have attributes. */
export function attributeOf(value: Value, name: string, where: SourceRange): Value | undefined {
  if (value.kind === 'unknown') return stepInto(value, [name], where);
  if (value.kind !== 'set') return undefined;
  const thunk = value.attributes.get(name);
  if (thunk) return takenOutOf(thunk.force(), value);
  return value.rest ? stepInto(value.rest, [name], where) : unknown('missing-attribute', where);
}

/** The unknown value that more names after an unknown value lead to: `x.a.b` for `x`. */
export function stepInto(value: UnknownValue, names: readonly string[], where: SourceRange): UnknownValue {
  const { deadEnd, inputs } = value;
  const spelling = [...value.spelling, ...names];
  const { code, parameter } = deadEnd;
  return unknown(code, where, { spelling, inputs, system: systemOfNames(spelling) ?? value.system, parameter });
}

/** Whether a set is known not to have an attribute. */
export function lacks(value: Value, name: string): boolean {
  return value.kind === 'set' && !value.rest && !value.attributes.has(name);
}

/**
 * The same value, marked as chosen by a computed name: its texts keep the other values that the name could have chosen. In a set, each text keeps
 * those of its own name.
 */
export function chosenAmong(value: Value, others: readonly Thunk[], where: SourceRange, evaluation: Evaluation): Value {
  if (others.length === 0) return value;
  if (value.kind === 'text') return { ...value, others: [...(value.others ?? []), ...others] };
  if (value.kind !== 'set') return value;
  const attributes = Array.from(value.attributes, ([name, thunk]): [string, Thunk] => {
    const same = others.map((other) => evaluation.thunk(where, () => attributeOrNull(other.force(), name)));
    return [name, evaluation.thunk(where, () => chosenAmong(thunk.force(), same, where, evaluation))];
  });
  return { ...value, attributes: new Map(attributes) };
}

/** The other attributes of the set that one was chosen from. */
export function besideAttribute(whole: Value, name: string): Thunk[] {
  if (whole.kind !== 'set') return [];
  return [...whole.attributes].flatMap(([other, thunk]) => (other === name ? [] : [thunk]));
}

function attributeOrNull(value: Value, name: string): Value {
  return (value.kind === 'set' ? value.attributes.get(name)?.force() : undefined) ?? NULL;
}
