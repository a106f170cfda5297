import { attributeOf, besideAttribute, chosenAmong, lacks } from '../../values/attributes.js';
import { merged } from '../../values/merge.js';
import { computedText } from '../../values/text.js';
import { type SetValue, type SourceRange, Thunk, type Value } from '../../values/value.js';
import { type BuiltIns, type Call, strict, textsOf } from './built-in.js';

/** Functions of attribute sets. */
export const SETS: BuiltIns = {
  removeAttrs: strict(2, ([set, names]) => without(set, names)),
  getAttr: strict(2, ([name, set], { where, evaluation }) => {
    const part = name.kind === 'text' ? attributeOf(set, name.text, where) : undefined;
    if (!part || name.kind !== 'text' || name.segments.every(({ origin }) => origin)) return part;
    return chosenAmong(part, besideAttribute(set, name.text), where, evaluation);
  }),
  hasAttr: strict(2, ([name, set]) => {
    if (name.kind !== 'text' || set.kind !== 'set') return undefined;
    if (set.attributes.has(name.text)) return { kind: 'boolean', value: true };
    return set.rest ? undefined : { kind: 'boolean', value: false };
  }),
  attrByPath: strict(3, ([path, fallback, set], { where }) => atPath(path, set, where, fallback)),
  getAttrFromPath: strict(2, ([path, set], { where }) => atPath(path, set, where)),
  attrNames: strict(1, ([set]) =>
    isClosed(set) ? listOf(namesOf(set).map((name) => Thunk.of(computedText(name)))) : undefined,
  ),
  attrValues: strict(1, ([set]) =>
    isClosed(set) ? listOf(namesOf(set).flatMap((name) => set.attributes.get(name) ?? [])) : undefined,
  ),
  optionalAttrs: strict(2, ([condition, set]) => {
    if (condition.kind !== 'boolean') return undefined;
    return condition.value ? set : emptySet();
  }),
  mapAttrs: strict(2, ([f, set], call) => {
    if (set.kind !== 'set') return undefined;
    return { ...emptySet(), attributes: mappedAttributes(f, set, call), rest: set.rest };
  }),
  mapAttrsToList: strict(2, ([f, set], call) => {
    if (!isClosed(set)) return undefined;
    const mapped = mappedAttributes(f, set, call);
    return listOf(namesOf(set).flatMap((name) => mapped.get(name) ?? []));
  }),
  "mapAttrs'": strict(2, ([f, set], call) =>
    isClosed(set) ? fromPairs([...mappedAttributes(f, set, call).values()]) : undefined,
  ),
  filterAttrs: strict(2, ([keep, set], call) => filtered(keep, set, call)),
  genAttrs: strict(2, ([names, f], { evaluation, where }) => {
    const texts = textsOf(names);
    if (!texts) return undefined;
    const entries = texts.map((name): [string, Thunk] => [
      name.text,
      evaluation.thunk(where, () => evaluation.apply(f, [Thunk.of(name)], where)),
    ]);
    return { ...emptySet(), attributes: new Map(entries) };
  }),
  listToAttrs: strict(1, ([list]) => (list.kind === 'list' ? fromPairs(list.items) : undefined)),
  nameValuePair: strict(2, ([name, value]) => pairOf(name, value)),
  recursiveUpdate: strict(2, ([left, right], call) => updated(left, right, call)),
  getAttrs: strict(2, ([names, set]) => {
    const texts = textsOf(names);
    if (!texts || set.kind !== 'set') return undefined;
    const wanted = new Set(texts.map(({ text }) => text));
    return { ...set, attributes: new Map([...set.attributes].filter(([name]) => wanted.has(name))) };
  }),
};

function emptySet(): SetValue {
  return { kind: 'set', attributes: new Map(), literals: [] };
}

function listOf(items: readonly Thunk[]): Value {
  return { kind: 'list', items };
}

function pairOf(name: Value, value: Value): Value {
  return {
    ...emptySet(),
    attributes: new Map([
      ['name', Thunk.of(name)],
      ['value', Thunk.of(value)],
    ]),
  };
}

/** Whether all attributes of a set are known. */
function isClosed(set: Value): set is SetValue {
  return set.kind === 'set' && set.rest === undefined;
}

/** Nix sorts the names of a set by their bytes. */
function namesOf({ attributes }: SetValue): string[] {
  return [...attributes.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function without(set: Value, names: Value): Value | undefined {
  const texts = textsOf(names);
  if (set.kind !== 'set' || !texts) return undefined;
  const attributes = new Map(set.attributes);
  for (const { text } of texts) attributes.delete(text);
  return { ...set, attributes };
}

function atPath(path: Value, set: Value, where: SourceRange, fallback?: Value): Value | undefined {
  const names = textsOf(path);
  if (!names) return undefined;
  let value = set;
  for (const { text } of names) {
    if (fallback && lacks(value, text)) return fallback;
    const next = attributeOf(value, text, where);
    if (!next) return undefined;
    value = next;
  }
  return value;
}

function mappedAttributes(f: Value, set: SetValue, { evaluation, where }: Call): Map<string, Thunk> {
  const entries = Array.from(set.attributes, ([name, value]): [string, Thunk] => {
    const compute = () => evaluation.apply(f, [Thunk.of(computedText(name)), value], where);
    return [name, evaluation.thunk(where, compute)];
  });
  return new Map(entries);
}

function fromPairs(pairs: readonly Thunk[]): Value | undefined {
  const attributes = new Map<string, Thunk>();
  for (const pair of pairs) {
    const set = pair.force();
    const name = set.kind === 'set' ? set.attributes.get('name')?.force() : undefined;
    const value = set.kind === 'set' ? set.attributes.get('value') : undefined;
    if (name?.kind !== 'text' || !value) return undefined;
    // When several items have the same name, Nix takes the first.
    if (!attributes.has(name.text)) attributes.set(name.text, value);
  }
  return { ...emptySet(), attributes };
}

function filtered(keep: Value, set: Value, { evaluation, where }: Call): Value | undefined {
  if (!isClosed(set)) return undefined;
  const attributes = new Map<string, Thunk>();
  for (const [name, value] of set.attributes) {
    const answer = evaluation.apply(keep, [Thunk.of(computedText(name)), value], where);
    if (answer.kind !== 'boolean') return undefined;
    if (answer.value) attributes.set(name, value);
  }
  return { ...set, attributes };
}

/** `//`, but where both sides have a set under the same name, these two sets are merged in the same way. */
function updated(left: Value, right: Value, call: Call): Value {
  const { evaluation, where } = call;
  const whole = merged(left, right, where, evaluation);
  if (left.kind !== 'set' || right.kind !== 'set' || whole.kind !== 'set') return whole;
  const attributes = new Map(whole.attributes);
  for (const [name, value] of right.attributes) {
    const below = left.attributes.get(name);
    if (below)
      attributes.set(
        name,
        evaluation.thunk(where, () => updatedInner(below, value, call)),
      );
  }
  return { ...whole, attributes };
}

function updatedInner(below: Thunk, above: Thunk, call: Call): Value {
  const value = above.force();
  if (value.kind !== 'set') return value;
  const other = below.force();
  return other.kind === 'set' ? updated(other, value, call) : value;
}
