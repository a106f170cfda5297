import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { givenCredentials } from '../../../src/registry/credentials/given-credentials.js';

const USER = { PULLPIN_USERNAME: 'ada', PULLPIN_PASSWORD: 'pass:word' };
const basic = { kind: 'basic', username: 'ada', password: 'pass:word' };

describe('which registry the credentials of the environment hold for', () => {
  test.each([
    ['the one that PULLPIN_REGISTRY names', { PULLPIN_REGISTRY: 'quay.io' }, undefined, ['ghcr.io'], 'quay.io'],
    ['the one of --creds-registry, before it', { PULLPIN_REGISTRY: 'quay.io' }, 'ghcr.io:443', [], 'ghcr.io:443'],
    ['the one that all references share', {}, undefined, ['ghcr.io', 'ghcr.io'], 'ghcr.io'],
    ['Docker Hub by any of its names', {}, undefined, ['docker.io', 'registry-1.docker.io'], 'docker.io'],
    ['Docker Hub by its old name', { PULLPIN_REGISTRY: 'index.docker.io' }, undefined, [], 'docker.io'],
  ])('%s', (_, environment, registry, registries, expected) => {
    const { given, warning } = givenCredentials({
      environment: { ...USER, ...environment },
      registries,
      ...(registry === undefined ? {} : { registry }),
    });
    expect(given).toEqual({ registry: expected, credentials: { ...basic, source: 'PULLPIN_USERNAME' } });
    expect(warning).toBeUndefined();
  });

  test.each([
    ['references of two registries', ['quay.io', 'ghcr.io']],
    ['no references, as when they are found in files', []],
  ])('none, and a warning says so: %s', (_, registries) => {
    const { given, warning } = givenCredentials({ environment: USER, registries });
    expect(given).toBeUndefined();
    expect(warning).toBe(
      'PULLPIN_USERNAME and PULLPIN_PASSWORD are not used: name their registry with PULLPIN_REGISTRY or --creds-registry HOST',
    );
  });
});

describe('--creds-stdin', () => {
  test.each(['ada:pass:word', 'ada:pass:word\n', 'ada:pass:word\r\n'])('%j is read, and wins', (stdin) => {
    const environment = { PULLPIN_USERNAME: 'other', PULLPIN_PASSWORD: 'other' };
    const { given } = givenCredentials({ environment, stdin, registries: ['quay.io'] });
    expect(given).toEqual({ registry: 'quay.io', credentials: { ...basic, source: '--creds-stdin' } });
  });

  test.each(['', '\n', 'ada', ':secret', 'ada:secret\nmore', 'ada:secret\n\n'])(
    '%j is refused, and not shown',
    (stdin) => {
      const act = () => givenCredentials({ environment: {}, stdin, registries: ['quay.io'] });
      expect(act).toThrow(UsageError);
      expect(act).toThrow(/^--creds-stdin: stdin must be one line, username:password$/);
    },
  );

  test('needs a registry', () => {
    expect(() => givenCredentials({ environment: {}, stdin: 'a:b', registries: ['a.io', 'b.io'] })).toThrow(
      '--creds-stdin: name the registry with --creds-registry HOST',
    );
  });
});

test('nothing is given when nothing is set', () => {
  const environment = { PULLPIN_USERNAME: '', PULLPIN_PASSWORD: '', PULLPIN_REGISTRY: 'quay.io' };
  expect(givenCredentials({ environment, registries: ['quay.io'] })).toEqual({});
});

test.each([
  [{ PULLPIN_USERNAME: 'ada' }, 'PULLPIN_USERNAME is set but PULLPIN_PASSWORD is not'],
  [{ PULLPIN_PASSWORD: 'x' }, 'PULLPIN_PASSWORD is set but PULLPIN_USERNAME is not'],
  [{ ...USER, PULLPIN_REGISTRY: 'https://quay.io' }, "PULLPIN_REGISTRY: 'https://quay.io' is not a registry"],
  [{ ...USER, PULLPIN_REGISTRY: 'quay.io/ada' }, "PULLPIN_REGISTRY: 'quay.io/ada' is not a registry"],
])('half a setting is refused: %j', (environment, message) => {
  expect(() => givenCredentials({ environment, registries: ['quay.io'] })).toThrow(message);
});
