import { attributeOf } from '../../values/attributes.js';
import { computedText } from '../../values/text.js';
import { Thunk, type Value } from '../../values/value.js';
import { type BuiltIns, type Call, strict } from './built-in.js';

/** Functions of attribute sets. */
export const SETS: BuiltIns = {
  removeAttrs: strict(2, ([set, names]) => without(set, names)),
  getAttr: strict(2, ([name, set], { where }) =>
    name.kind === 'text' ? attributeOf(set, name.text, where) : undefined,
  ),
  optionalAttrs: strict(2, ([condition, set]) => {
    if (condition.kind !== 'boolean') return undefined;
    return condition.value ? set : { kind: 'set', attributes: new Map(), literals: [] };
  }),
  mapAttrs: strict(2, ([f, set], call) => mapped(f, set, call)),
};

function without(set: Value, names: Value): Value | undefined {
  if (set.kind !== 'set' || names.kind !== 'list') return undefined;
  const attributes = new Map(set.attributes);
  for (const item of names.items) {
    const name = item.force();
    if (name.kind !== 'text') return undefined;
    attributes.delete(name.text);
  }
  return { ...set, attributes };
}

function mapped(f: Value, set: Value, { evaluation, where }: Call): Value | undefined {
  if (set.kind !== 'set') return undefined;
  const attributes = new Map<string, Thunk>();
  for (const [name, value] of set.attributes) {
    const compute = () => evaluation.apply(f, [Thunk.of(computedText(name)), value], where);
    attributes.set(name, evaluation.thunk(where, compute));
  }
  return { kind: 'set', attributes, literals: [], rest: set.rest };
}
