import { expect, test } from 'vitest';
import { nextLink } from '../../../src/registry/repository/link-header.js';

test.each([
  ['</a>; rel="next"', '/a'],
  ['</a>;rel=next', '/a'],
  ['</a>; REL="NEXT"', '/a'],
  ['<a?b=1,2;c>; title="x, <y>; rel=next"; rel="prev next"', 'a?b=1,2;c'],
  ['</first>; rel="first", </a>; rel="next", </last>; rel="last"', '/a'],
  ['< /a >; rel="next"', '/a'],
  ['</a>; rel="prev"', undefined],
  ['</a>; rel="nextish"', undefined],
  ['</a>', undefined],
  ['', undefined],
])('%s', (header, target) => {
  expect(nextLink(header)).toBe(target);
});

test('hostile headers take no time', () => {
  for (const part of ['<', '<a>;', '<a>; rel="', '; a', '<>;x="', ';', ' ']) {
    const start = performance.now();
    nextLink(part.repeat(60_000 / part.length));
    nextLink(`<a>${part.repeat(60_000 / part.length)}`);
    expect(performance.now() - start).toBeLessThan(1000);
  }
});
