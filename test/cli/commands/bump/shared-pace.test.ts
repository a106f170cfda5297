import { expect, test } from 'vitest';
import { shardOf, sharedPace } from '../../../../src/cli/commands/bump/shard.js';
import { REGISTRIES } from '../../../../src/cli/options/registries.js';

test('the shards of a run together send no more requests than one machine may', () => {
  const settings = REGISTRIES.parse({ 'max-requests-per-minute': '100' });
  const parts = [1, 2, 3].map((index) => sharedPace(settings, { index, count: 3 }).maxRequestsPerMinute ?? 0);
  expect(parts.reduce((sum, part) => sum + part)).toBeCloseTo(100);
  expect(sharedPace(settings, undefined)).toBe(settings);
  expect(shardOf(undefined, { environment: {} })).toBeUndefined();
});
