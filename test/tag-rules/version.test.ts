import { expect, test } from 'vitest';
import { compareVersions } from '../../src/tag-rules/compare-versions.js';
import { parseVersion, type Version } from '../../src/tag-rules/version.js';

test.each([
  ['1.27.3', { numbers: [1, 27, 3], scheme: 'number', preRelease: '', suffix: '', hasV: false }],
  ['v0.9', { numbers: [0, 9], hasV: true }],
  ['1.40.0.7998-c29d4c0c8', { numbers: [1, 40, 0, 7998], suffix: 'c29d4c0c8' }],
  ['16.4-alpine3.20', { numbers: [16, 4], suffix: 'alpine3.20' }],
  ['21.0.3_9-jre', { numbers: [21, 0, 3, 9], suffix: 'jre', preRelease: '' }],
  ['1.10.1_debug', { numbers: [1, 10, 1], suffix: 'debug' }],
  ['3.13.0rc1-slim', { numbers: [3, 13, 0], preRelease: 'rc1', suffix: 'slim' }],
  ['3.13-rc.2-slim', { numbers: [3, 13], preRelease: 'rc.2', suffix: 'slim' }],
  ['27-rc', { numbers: [27], preRelease: '', suffix: 'rc' }],
  ['24.04', { numbers: [24, 4], scheme: 'number' }],
  ['2024.5.3', { numbers: [2024, 5, 3], scheme: 'year' }],
  ['20240501', { numbers: [20240501], scheme: 'date' }],
  ['20240501123000', { numbers: [20240501123000], scheme: 'date' }],
  ['2024-05-01', { numbers: [2024, 5, 1], scheme: 'dashed-date', suffix: '' }],
  ['2024-05-01-slim', { numbers: [2024, 5, 1], scheme: 'dashed-date', suffix: 'slim' }],
  ['2024-13-01', { numbers: [2024], scheme: 'year', suffix: '13-01' }],
  ['1234567', { numbers: [1234567], scheme: 'long-number' }],
])('%s is a version', (tag, version) => {
  expect(parseVersion(tag)).toMatchObject({ tag, ...version });
});

test.each([
  ...['latest', 'bookworm-20240513', 'release-1.2', '', 'v', '1.', '1..2', '.1', '2024.6.0.dev2024', '1.2.', '1.2-'],
  ...['deadbeef', '1234567a', '0f3a9c1', `1.${'9'.repeat(16)}`, '1'.repeat(129), 'RELEASE.2024-05-01T01-02-03Z'],
])('%s is none', (tag) => {
  expect(parseVersion(tag)).toBeUndefined();
});

test('versions are in this order', () => {
  const order = [
    ...['1.2.0-alpha.1', '1.2.0-beta.2', '1.2.0-rc.2', '1.2.0-rc.10', '1.2.0', '1.2.1', '1.9.0', '1.10.0', '1.10.0.1'],
    ...['2.0a1', '2.0b1', '2.0rc1', '2', '24.04', '24.10'],
  ];
  const versions = order.map(parseVersion).filter((version): version is Version => version !== undefined);
  expect(versions).toHaveLength(order.length);
  expect(versions.toReversed().toSorted(compareVersions)).toEqual(versions);
});
