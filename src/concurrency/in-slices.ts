import { setImmediate as nextTurn } from 'node:timers/promises';

/** Few enough that what a caller does with each of them takes less than a second altogether. */
const SLICE = 200;

/**
 * The items one after another, and after each slice of them the rest of the program has its turn: a long row of items that are there already
 * would keep signals, timers and connections waiting until its end. Throws the signal's reason.
 */
export async function* inSlices<Item>(items: readonly Item[], signal?: AbortSignal): AsyncGenerator<Item> {
  for (const [at, item] of items.entries()) {
    if (at % SLICE === SLICE - 1) await nextTurn();
    signal?.throwIfAborted();
    yield item;
  }
}
