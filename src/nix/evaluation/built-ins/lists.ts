import { type BuiltIns, strict } from './built-in.js';

/** Functions of lists. */
export const LISTS: BuiltIns = {
  map: strict(2, ([f, list], { evaluation, where }) => {
    if (list.kind !== 'list') return undefined;
    const items = list.items.map((item) => evaluation.thunk(where, () => evaluation.apply(f, [item], where)));
    return { kind: 'list', items };
  }),
};
