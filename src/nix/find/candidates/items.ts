import { computedText } from '../../values/text.js';
import { takenOutOf } from '../../values/through.js';
import { Thunk, type Value } from '../../values/value.js';

/** What a mapped function is given for each item: the item, or name and value. */
export function itemsOf(collection: Value | undefined): (readonly Thunk[])[] {
  if (collection?.kind === 'list') return collection.items.map((item) => [itemOf(item, collection)]);
  if (collection?.kind !== 'set') return [];
  return Array.from(collection.attributes, ([name, item]) => [Thunk.of(computedText(name)), itemOf(item, collection)]);
}

function itemOf(item: Thunk, collection: Value): Thunk {
  const compute = () => takenOutOf(item.force(), collection);
  return new Thunk(compute, () => {
    throw new TypeError('an item does not need what is taken of it');
  });
}
