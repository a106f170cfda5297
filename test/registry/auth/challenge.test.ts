import { expect, test } from 'vitest';
import { parseChallenges } from '../../../src/registry/auth/challenge.js';

const cases: readonly (readonly [string, readonly unknown[]])[] = [
  ['', []],
  ['Basic', [{ scheme: 'basic' }]],
  ['Basic realm="simple"', [{ scheme: 'basic', realm: 'simple' }]],
  // RFC 9110, section 11.6.1.
  [
    'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
    [
      { scheme: 'basic', realm: 'simple' },
      { scheme: 'newauth', realm: 'apps', type: '1', title: 'Login to "apps"' },
    ],
  ],
  [
    'Negotiate abc==, Basic realm=x',
    [
      { scheme: 'negotiate', token68: 'abc==' },
      { scheme: 'basic', realm: 'x' },
    ],
  ],
  ['Negotiate, NTLM', [{ scheme: 'negotiate' }, { scheme: 'ntlm' }]],
  ['BEARER Realm="a,b" ,, SERVICE = "c"', [{ scheme: 'bearer', realm: 'a,b', service: 'c' }]],
  [
    'Bearer realm=https://auth.example/token,service=x',
    [{ scheme: 'bearer', realm: 'https://auth.example/token', service: 'x' }],
  ],
  ['Bearer realm="a" service="b"', [{ scheme: 'bearer', realm: 'a', service: 'b' }]],
  ['Bearer realm="first",realm="second"', [{ scheme: 'bearer', realm: 'first' }]],
  ['Bearer realm="never closed', [{ scheme: 'bearer', realm: 'never closed' }]],
  ['realm="no scheme"', []],
  ['"quoted", Basic', [{ scheme: 'basic' }]],
];

test.each(cases)('%s', (header, expected) => {
  const shown = parseChallenges(header).map(({ scheme, token68, parameters }) => ({
    scheme,
    ...(token68 !== undefined && { token68 }),
    ...Object.fromEntries(parameters),
  }));
  expect(shown).toEqual(expected);
});

test('hostile headers take no time', () => {
  for (const part of ['a="', '"\\', ' ', ',', 'a=', 'Basic x=', '=', 'a', '\\']) {
    const start = performance.now();
    parseChallenges(part.repeat(60_000 / part.length));
    expect(performance.now() - start).toBeLessThan(500);
  }
});
