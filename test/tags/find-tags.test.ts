import { expect, test } from 'vitest';
import { createRegistryClient } from '../../src/registry/client.js';
import { findTags, type TagQuery } from '../../src/tags/find-tags.js';

import { startRegistry } from '../support/faulty-registry.js';
import { image } from '../support/images.js';

const TAGS = ['latest', '1.9', '1.10', '1.10-alpine', 'v1.2.3', '24.04', '2.0.0-rc.1', '2.0.0', 'edge', '1.10.1_debug'];
const MIXED = [
  ...['20240501', 'bookworm-20240513', '3.1-alpine', '3.1', '2024.1'],
  ...['1.2.3.4', '4.0-beta.2', 'deadbee1', '4.0-beta.10'],
];
const registry = await startRegistry({ tags: { 'many/tags': TAGS, 'mixed/tags': MIXED }, pageSize: 3 });
const made = (year: number) =>
  image({ config: `{"os":"linux","architecture":"amd64","created":"${year}-01-01T00:00:00Z"}`, layers: [] });
registry.add('dated/app:old', made(2019));
registry.add('dated/app:newest', made(2025));
registry.add('dated/app:newer', made(2024));
registry.add('dated/app:undated', image({ config: '{}', layers: [] }));

async function tags(repository: string, query: TagQuery): Promise<{ found: string[]; asked: number }> {
  const client = createRegistryClient();
  const before = registry.questions.length;
  const found: string[] = [];
  try {
    const tags = findTags(`${registry.host}/${repository}`, { registries: client, ...query });
    for await (const { tag } of tags) found.push(tag);
  } finally {
    await client.close();
  }
  return { found, asked: registry.questions.length - before };
}

test('all tags are listed in the order of the registry', async () => {
  expect(await tags('many/tags', {})).toEqual({ found: TAGS, asked: 4 });
});

test('a limit ends the reading of pages', async () => {
  expect(await tags('many/tags', { limit: 2 })).toEqual({ found: ['latest', '1.9'], asked: 1 });
  expect((await tags('many/tags', { limit: 0 })).found).toEqual([]);
});

test.each([
  ['1.*', ['1.9', '1.10', '1.10-alpine', '1.10.1_debug']],
  ['1.?', ['1.9']],
  ['*-alpine', ['1.10-alpine']],
  ['/^v?\\d+\\.\\d+$/', ['1.9', '1.10', '24.04']],
  ['/EDGE/i', ['edge']],
  ['[12].*', ['1.9', '1.10', '1.10-alpine', '2.0.0-rc.1', '2.0.0', '1.10.1_debug']],
  ['{latest,ed*}', ['latest', 'edge']],
])('%s matches %j', async (pattern, expected) => {
  expect((await tags('many/tags', { match: pattern })).found).toEqual(expected);
});

test('only versions are listed, the highest first', async () => {
  const { found } = await tags('many/tags', { semver: true });
  expect(found).toEqual(['24.04', '2.0.0', '2.0.0-rc.1', '1.10.1_debug', '1.10', '1.10-alpine', '1.9', 'v1.2.3']);
  expect((await tags('many/tags', { semver: true, limit: 1 })).found).toEqual(['24.04']);
});

test('versions are those that rules for tags know, and kinds that cannot be compared follow each other', async () => {
  const { found } = await tags('mixed/tags', { semver: true });
  expect(found).toEqual(['4.0-beta.10', '4.0-beta.2', '3.1', '3.1-alpine', '1.2.3.4', '2024.1', '20240501']);
});

test('the newest are those that were made last; an image without a date is the oldest', async () => {
  expect((await tags('dated/app', { newest: 2 })).found).toEqual(['newest', 'newer']);
  expect((await tags('dated/app', { newest: 9 })).found).toEqual(['newest', 'newer', 'old', 'undated']);
});
