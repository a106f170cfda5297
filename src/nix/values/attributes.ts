import { systemOfNames } from './systems.js';
import { takenOutOf } from './through.js';
import { type SourceRange, type UnknownValue, unknown, type Value } from './value.js';

/** An attribute of a value; undefined when the value cannot have attributes. */
export function attributeOf(value: Value, name: string, where: SourceRange): Value | undefined {
  if (value.kind === 'unknown') return stepInto(value, [name], where);
  if (value.kind !== 'set') return undefined;
  const thunk = value.attributes.get(name);
  if (thunk) return takenOutOf(thunk.force(), value);
  return value.rest ? stepInto(value.rest, [name], where) : unknown('missing-attribute', where);
}

/** What is reached by further names from a value that is not known. */
export function stepInto(value: UnknownValue, names: readonly string[], where: SourceRange): UnknownValue {
  const { deadEnd, inputs } = value;
  const spelling = [...value.spelling, ...names];
  return unknown(deadEnd.code, where, { spelling, inputs, system: systemOfNames(spelling) ?? value.system });
}

/** Whether a set is known not to have an attribute. */
export function lacks(value: Value, name: string): boolean {
  return value.kind === 'set' && !value.rest && !value.attributes.has(name);
}
