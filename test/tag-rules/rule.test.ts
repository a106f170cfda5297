import { expect, test } from 'vitest';
import { parseTagRule } from '../../src/tag-rules/rule.js';

test.each([
  ['16.x-alpine', { kind: 'prefix', numbers: [16], precision: 2, suffix: 'alpine' }],
  ['v3.x.x', { kind: 'prefix', numbers: [3], precision: 3, hasV: true, suffix: undefined }],
  ['2.*', { kind: 'prefix', numbers: [2], precision: 2 }],
  ['x', { kind: 'prefix', numbers: [], precision: 1, scheme: undefined }],
  ['2024.x', { kind: 'prefix', numbers: [2024], scheme: 'year' }],
  ['^1.27', { kind: 'caret', numbers: [1, 27], precision: 2, suffix: undefined }],
  ['^2.0.0-rc.1', { kind: 'caret', numbers: [2, 0, 0], preRelease: 'rc.1' }],
  ['~3.20-slim', { kind: 'tilde', numbers: [3, 20], suffix: 'slim' }],
])('%s is a range', (text, range) => {
  expect(parseTagRule(text)).toMatchObject({ kind: 'range', range });
});

test.each([
  ['digest', { kind: 'digest' }],
  ['/^v(\\d+)\\.(\\d+)$/', { kind: 'expression', expression: { body: '^v(\\d+)\\.(\\d+)$', flags: '' } }],
  ['/^MAIN-/i', { kind: 'expression', expression: { body: '^MAIN-', flags: 'i' } }],
  ['newest /^main-/', { kind: 'newest', expression: { body: '^main-', flags: '' } }],
])('%s is a rule', (text, rule) => {
  expect(parseTagRule(text)).toEqual(rule);
});

test.each([
  ...['', '7.4', 'latest', '16', '16-alpine', '1.2.3', 'v1', 'xenial', 'max', 'linux', 'x86-64', 'digest-1', 'next'],
  ...[
    '^',
    '~',
    '^latest',
    '~main',
    '^^1',
    '^1.x',
    '1.x.2',
    '16.x alpine',
    '//',
    '/a',
    'a/',
    '/a/g',
    'newest',
    'newest main',
  ],
  ...['1..x', '.x', '16.x-', `^${'9'.repeat(16)}`, `^1-${'a'.repeat(200)}`],
])('%s is no rule', (text) => {
  expect(parseTagRule(text)).toBeUndefined();
});
