import { expect, test } from 'vitest';
import { annotationsOf, imageFacts } from '../../src/oci/image-facts.js';

const facts = (text: string | Uint8Array) => imageFacts(Buffer.from(text));

test('platform, age and labels are read', () => {
  const config = {
    os: 'linux',
    architecture: 'arm',
    variant: 'v7',
    created: '2024-05-01T12:00:00Z',
    config: { Labels: { 'org.opencontainers.image.version': '1.0', __proto__: 'x' } },
  };
  expect(facts(JSON.stringify(config))).toEqual({
    platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
    created: '2024-05-01T12:00:00Z',
    labels: { 'org.opencontainers.image.version': '1.0' },
  });
});

test.each([
  '',
  'null',
  '[]',
  '"x"',
  '7',
  '{',
  '{}',
  '{"os":7,"architecture":[],"created":{},"config":7}',
  '{"config":{"Labels":[]}}',
])('nothing is read of %j, and nothing fails', (text) => {
  expect(facts(text)).toEqual({ labels: {} });
});

test('the last of repeated keys holds, and labels that are not text are left out', () => {
  const text =
    '{"os":"a","architecture":"b","os":"c","config":{"Labels":{"x":"1"}},"config":{"Labels":{"y":"2","z":3,"y":"4"}}}';
  expect(facts(text)).toEqual({ platform: { os: 'c', architecture: 'b' }, labels: { y: '4' } });
});

test('half a platform does not count, and neither does one that could act on a terminal', () => {
  expect(facts('{"os":"linux"}').platform).toBeUndefined();
  expect(facts('{"os":"","architecture":"amd64"}').platform).toBeUndefined();
  expect(facts('{"os":"linux","architecture":"\\u001b[31m"}').platform).toBeUndefined();
  expect(facts('{"os":"linux","architecture":"amd64","variant":"\\u009b"}').platform).toBeUndefined();
});

test('a label called __proto__ is a label', () => {
  expect(Object.entries(facts('{"config":{"Labels":{"__proto__":"x"}}}').labels)).toEqual([['__proto__', 'x']]);
});

test('the annotations of a manifest are its texts, and none where there is no JSON', () => {
  const annotations = (text: string) => annotationsOf(Buffer.from(text));
  expect(annotations('{"annotations":{"a":"1","b":2}}')).toEqual({ a: '1' });
  for (const text of ['', '{', '7', '{"annotations":[]}', '{"Annotations":{"a":"1"}}'])
    expect(annotations(text)).toEqual({});
});
