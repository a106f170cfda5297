import { checkCount, UsageError } from '../../errors.js';

/** One of several machines that share a bump. `index` counts from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Throws a UsageError for a shard that cannot be. */
export function checkShard({ index, count }: Shard): void {
  checkCount('shard.count', count, 1);
  checkCount('shard.index', index, 1);
  if (index > count)
    throw new UsageError(`shard ${index} of ${count} cannot be: shards are counted from 1 to ${count}`);
}
