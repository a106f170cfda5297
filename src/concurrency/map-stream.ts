/**
 * Does something with each item of a stream, at most `limit` at a time, and takes no item before there is room for it. Gives the results in the order
 * of the items. Throws the first error, and then takes no more.
 */
export async function mapStream<Item, Result>(
  stream: AsyncIterable<Item>,
  limit: number,
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let taken = 0;
  const work = async (): Promise<void> => {
    for await (const item of stream) {
      const at = taken++;
      results[at] = await act(item);
    }
  };
  await Promise.all(Array.from({ length: limit }, work));
  return results;
}
