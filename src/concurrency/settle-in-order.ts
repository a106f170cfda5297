/** Does something with each item, at most `limit` at a time, and returns the result of each, in the order of the items. Never throws. */
export async function settleInOrder<Item, Result>(
  items: readonly Item[],
  limit: number,
  act: (item: Item) => Promise<Result>,
): Promise<PromiseSettledResult<Result>[]> {
  const queue = items.entries();
  const results: PromiseSettledResult<Result>[] = [];
  async function work(): Promise<void> {
    for (const [index, item] of queue) {
      try {
        results[index] = { status: 'fulfilled', value: await act(item) };
      } catch (reason) {
        results[index] = { status: 'rejected', reason };
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return results;
}
