import type { Evaluation } from './evaluation.js';
import { NULL, type SourceRange, type Thunk, type Value } from './value.js';

/** The same value, which a computed name has chosen: its texts remember what stood to choose beside them, in sets by the same name. */
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
