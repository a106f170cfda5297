import { describe, expect, test } from 'vitest';
import { parseRegistryMap, RegistryMapError } from '../../../src/registry/mirrors/registry-map.js';

test.each([
  ['docker.io=mirror.example/dockerhub', 'docker.io', 'mirror.example/dockerhub'],
  ['docker.io/library/=mirror.example:5000/', 'docker.io/library', 'mirror.example:5000'],
  ['localhost:5000/a=[::1]:5001/b/c', 'localhost:5000/a', '[::1]:5001/b/c'],
])('%s', (text, prefix, location) => {
  const rest = { insecure: false, blocked: false, mirrors: [], file: '--registry-map' };
  expect(parseRegistryMap([text])).toEqual([{ prefix, location, ...rest }]);
});

describe('what is refused', () => {
  test.each([
    '',
    'docker.io',
    'docker.io=',
    '=mirror.example',
    'docker.io=mirror',
    'library/redis=mirror.example',
    'docker.io=https://mirror.example',
    'docker.io=a.io=b.io',
    '*.example.com=mirror.example',
    'docker.io/a:tag=mirror.example/a',
    'docker.io=mirror.example/a:tag',
  ])('%j', (text) => {
    expect(() => parseRegistryMap([text])).toThrow(RegistryMapError);
    expect(() => parseRegistryMap([text])).toThrow(`--registry-map '${text}' is not PREFIX=LOCATION, as in docker.io=`);
  });

  test('the same prefix twice', () => {
    expect(() => parseRegistryMap(['a.io=b.io', 'c.io=d.io', 'a.io/=e.io'])).toThrow(
      "--registry-map 'a.io/=e.io' gives a prefix a second location",
    );
  });
});

test('a long row of slashes is read in linear time', () => {
  expect(() => parseRegistryMap([`${'/'.repeat(300_000)}x`])).toThrow(RegistryMapError);
  expect(() => parseRegistryMap([`a.io=${'/'.repeat(300_000)}x`])).toThrow(RegistryMapError);
});
