import { expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { createTagMatcher } from '../../src/tags/tag-matcher.js';

const LONG_TAG = `${'a'.repeat(127)}b`;

test.each([
  ['1.2*', '1.27', true],
  ['1.2*', 'v1.27', false],
  ['1.2?', '1.27', true],
  ['1.[0-3]', '1.2', true],
  ['{1,2}.*', '2.0', true],
  ['*', '.hidden', true],
  ['#1', '#1', true],
  ['+(a)', 'aa', false],
  ['/^v?\\d+$/', 'v12', true],
  ['/ALPINE/', '1-alpine', false],
  ['/ALPINE/i', '1-alpine', true],
  ['/^(?<major>\\d+)\\./u', '12.1', true],
])('%s for %s: %s', async (pattern, tag, expected) => {
  expect((await createTagMatcher(pattern))(tag)).toBe(expected);
});

test.each([
  ['/(/', "'/(/' is not a regular expression: missing closing )"],
  ['/(?=x)/', "'/(?=x)/' cannot be used: '(?=' is not supported"],
  ['/(?<!x)y/', 'is not supported (there are no look-around'],
  ['/(a)\\1/', "'/(a)\\1/' cannot be used: '\\1' is not supported"],
  ['/(a{99}){999}/', 'is no'],
  ['/((a?){30}){30}/', 'repeats too much'],
  [`/${'('.repeat(8000)}/`, 'has 8000 characters'],
  [`/${'(a|'.repeat(300)}b${')'.repeat(99)}/`, 'is not a regular expression'],
  ['', 'a pattern is empty'],
  ['!1.*', 'begins with !'],
  ['('.repeat(8000), 'has 8000 characters; at most 1000 are allowed'],
  ['*'.repeat(70_000), 'has 70000 characters'],
  ['{a,b}'.repeat(100), 'more than 1000 patterns'],
])('%s is refused in one line', async (pattern, message) => {
  const refused = await createTagMatcher(pattern).then(undefined, (error: unknown) => error);
  expect(refused).toBeInstanceOf(UsageError);
  expect((refused as UsageError).message).toContain(message);
  expect((refused as UsageError).message).toMatch(/^.{1,300}$/);
});

// Each of these took JavaScript's own expressions longer than anybody waits.
test.each([
  '/^(a+)+$/',
  '/^(a|a)*$/',
  '/(.*a){20}$/',
  '/^(a?){100}a{100}$/',
  '*a'.repeat(60),
  `{${'*a*,'.repeat(99)}x}`,
])(
  '%s ends on a tag that almost fits',
  async (pattern) => {
    expect((await createTagMatcher(pattern))(LONG_TAG)).toBeTypeOf('boolean');
  },
  5000,
);
