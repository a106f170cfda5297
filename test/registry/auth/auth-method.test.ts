import { describe, expect, test } from 'vitest';
import {
  checkedRealm,
  chooseMethod,
  formatMethod,
  parseMethod,
  scopeFor,
} from '../../../src/registry/auth/auth-method.js';
import { parseChallenges } from '../../../src/registry/auth/challenge.js';

const registry = new URL('https://registry.example');
const insecure = (host: string): boolean => host === 'named.example:5001';

describe('a token server', () => {
  test.each([
    ['https://registry.example', 'https://auth.example/token'],
    ['http://127.0.0.1:5000', 'https://auth.example/token'],
    ['http://127.0.0.1:5000', 'http://localhost:5001/token'],
    ['http://localhost:5000', 'http://[::1]:5001/token'],
    ['http://harbor.example', 'http://harbor.example:8080/token'],
    ['https://registry.example', 'http://named.example:5001/token'],
  ])('of %s may be %s', (from, realm) => {
    expect(checkedRealm(realm, new URL(from), insecure).href).toBe(realm);
  });

  test.each([
    ['https://registry.example', 'http://registry.example/token'],
    ['https://registry.example', 'http://127.0.0.1/token'],
    ['https://localhost:5000', 'http://localhost:5001/token'],
    ['https://127.0.0.1:5000', 'http://127.0.0.1:5000/token'],
    ['http://harbor.example', 'http://auth.example/token'],
    ['http://127.0.0.1:5000', 'http://auth.example/token'],
    ['https://registry.example', 'http://named.example/token'],
  ])('of %s may not be %s', (from, realm) => {
    expect(() => checkedRealm(realm, new URL(from), insecure)).toThrow(
      `names the token server ${realm}, which has no TLS`,
    );
  });
});

describe('which parts of a challenge are remembered', () => {
  const challenges = parseChallenges(
    'Bearer realm="https://auth.example/token",service="s",scope="repository:a/b:pull"',
  );

  test('serves other repositories of the registry', () => {
    const method = chooseMethod(challenges, registry, 'a/b', false);
    if (method?.scheme !== 'bearer') throw new Error('a bearer token was asked for');
    expect(scopeFor(method, 'a/b')).toBe('repository:a/b:pull');
    expect(scopeFor(method, '$&/c')).toBe('repository:$&/c:pull');
    expect(parseMethod(formatMethod(method))).toEqual(method);
  });

  test.each([
    '',
    'x',
    '[]',
    'null',
    '{"scheme":"bearer"}',
    '{"scheme":"bearer","realm":"file:///x"}',
    '{"scheme":"digest"}',
  ])('is not read from %s', (text) => {
    expect(parseMethod(text)).toBeUndefined();
  });
});
