import { Thunk, unknown, type Value } from '../../values/value.js';
import { type BuiltIns, type Call, integerOf, strict } from './built-in.js';

/** Functions of lists. */
export const LISTS: BuiltIns = {
  map: strict(2, ([f, list], call) => mapped(f, list, call)),
  forEach: strict(2, ([list, f], call) => mapped(f, list, call)),
  elemAt: strict(2, ([list, index]) => item(list, integerOf(index) ?? -1)),
  head: strict(1, ([list]) => item(list, 0)),
  last: strict(1, ([list]) => item(list, list.kind === 'list' ? list.items.length - 1 : -1)),
  tail: strict(1, ([list]) =>
    list.kind === 'list' && list.items.length > 0 ? { kind: 'list', items: list.items.slice(1) } : undefined,
  ),
  init: strict(1, ([list]) =>
    list.kind === 'list' && list.items.length > 0 ? { kind: 'list', items: list.items.slice(0, -1) } : undefined,
  ),
  length: strict(1, ([list]) =>
    list.kind === 'list' ? { kind: 'other', text: String(list.items.length) } : undefined,
  ),
  flatten: strict(1, ([list], call) => flattened(list, call)),
  concatLists: strict(1, ([lists], call) => concatenated(lists, call)),
  concatMap: strict(2, ([f, list], call) => {
    const lists = mapped(f, list, call);
    return lists && concatenated(lists, call);
  }),
  optional: strict(2, ([condition, value]) =>
    condition.kind === 'boolean' ? { kind: 'list', items: condition.value ? [Thunk.of(value)] : [] } : undefined,
  ),
  optionals: strict(2, ([condition, list]) =>
    condition.kind === 'boolean' ? (condition.value ? list : { kind: 'list', items: [] }) : undefined,
  ),
  filter: strict(2, ([keep, list], { evaluation, where }) => {
    if (list.kind !== 'list') return undefined;
    const answers = list.items.map((each) => evaluation.apply(keep, [each], where));
    if (!answers.every((answer) => answer.kind === 'boolean')) return undefined;
    return { kind: 'list', items: list.items.filter((_, at) => isTrue(answers[at])) };
  }),
  elem: strict(2, ([wanted, list]) => {
    const texts = list.kind === 'list' ? list.items.map((each) => each.force()) : [];
    if (list.kind !== 'list' || wanted.kind !== 'text' || !texts.every(({ kind }) => kind === 'text')) return undefined;
    return { kind: 'boolean', value: texts.some((each) => each.kind === 'text' && each.text === wanted.text) };
  }),
  isString: strict(1, ([value]) => isOf(value, 'text')),
  isAttrs: strict(1, ([value]) => isOf(value, 'set')),
  isList: strict(1, ([value]) => isOf(value, 'list')),
};

function isOf(value: Value, kind: Value['kind']): Value | undefined {
  return value.kind === 'unknown' ? undefined : { kind: 'boolean', value: value.kind === kind };
}

function isTrue(value: Value | undefined): boolean {
  return value?.kind === 'boolean' && value.value;
}

function mapped(f: Value, list: Value, { evaluation, where }: Call): Value | undefined {
  if (list.kind !== 'list') return undefined;
  const items = list.items.map((each) => evaluation.thunk(where, () => evaluation.apply(f, [each], where)));
  return { kind: 'list', items };
}

function item(list: Value, index: number): Value | undefined {
  return list.kind === 'list' ? list.items[index]?.force() : undefined;
}

function concatenated(lists: Value, { evaluation, where }: Call): Value | undefined {
  if (lists.kind !== 'list') return undefined;
  const parts = lists.items.map((each) => each.force());
  if (!parts.every((part) => part.kind === 'list')) return undefined;
  const items = parts.map((part) => (part.kind === 'list' ? part.items : []));
  if (!evaluation.spend(items.reduce((sum, { length }) => sum + length, 0))) return unknown('too-heavy', where);
  return { kind: 'list', items: items.flat() };
}

// How deep lists inside lists may be; pins never need more.
const DEEPEST = 20;

function flattened(list: Value, call: Call, depth = 0): Value | undefined {
  if (list.kind !== 'list' || depth > DEEPEST) return undefined;
  if (!call.evaluation.spend(list.items.length)) return unknown('too-heavy', call.where);
  const items: Thunk[] = [];
  for (const each of list.items) {
    const value = each.force();
    const inner = value.kind === 'list' ? flattened(value, call, depth + 1) : undefined;
    if (value.kind === 'unknown' || (value.kind === 'list' && inner?.kind !== 'list')) return undefined;
    for (const item of inner?.kind === 'list' ? inner.items : [each]) items.push(item);
  }
  return { kind: 'list', items };
}
