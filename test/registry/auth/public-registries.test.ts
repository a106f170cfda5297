import { expect, test } from 'vitest';
import { AuthMethods, type AuthSubject } from '../../../src/registry/auth/auth-methods.js';
import { publicMethod } from '../../../src/registry/auth/public-registries.js';

const subject = (url: string, isTrusted = true): AuthSubject => ({ url: new URL(url), repository: 'a/b', isTrusted });
const HUB = { scheme: 'bearer', realm: 'https://auth.docker.io/token', service: 'registry.docker.io' };

test.each([
  ['https://registry-1.docker.io/v2/', 'https://auth.docker.io/token'],
  ['https://ghcr.io/v2/', 'https://ghcr.io/token'],
  ['https://quay.io/v2/', 'https://quay.io/v2/auth'],
  ['https://ghcr.io:8443/v2/', undefined],
  ['http://ghcr.io/v2/', undefined],
  ['https://docker.io.example/v2/', undefined],
])('the realm of %s is %s', (url, realm) => {
  const method = publicMethod(new URL(url));
  expect(method?.scheme === 'bearer' ? method.realm : undefined).toBe(realm);
});

test('it is used before a registry has said anything, for that registry itself over verified TLS only', () => {
  const methods = new AuthMethods(undefined);
  expect(methods.get(subject('https://registry-1.docker.io/v2/'))).toMatchObject(HUB);
  expect(methods.get(subject('https://registry-1.docker.io/v2/', false))).toBeUndefined();
});

test('what the registry says wins, and a method that was refused is not used again', () => {
  const methods = new AuthMethods(undefined);
  const hub = subject('https://registry-1.docker.io/v2/');
  methods.set(hub, { scheme: 'basic' });
  expect(methods.get(hub)).toEqual({ scheme: 'basic' });
  methods.forget(hub);
  expect(methods.get(hub)).toBeUndefined();
});
