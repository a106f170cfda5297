import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import {
  formatReference,
  imageSpellings,
  isRepositoryPath,
  parseReference,
  shortName,
  splitName,
  tagOrDigestOf,
  toReference,
  withoutFinalSlashes,
} from '../../src/oci/reference.js';

const D = `sha256:${'a'.repeat(64)}`;

describe('the meaning of a name', () => {
  test.each([
    ['redis', 'docker.io', 'library/redis'],
    ['foo/bar', 'docker.io', 'foo/bar'],
    ['host/name', 'docker.io', 'host/name'],
    ['localhost', 'docker.io', 'library/localhost'],
    ['localhost/a', 'localhost', 'a'],
    ['docker.io/nginx', 'docker.io', 'library/nginx'],
    ['index.docker.io/nginx', 'docker.io', 'library/nginx'],
    ['registry-1.docker.io/library/nginx', 'registry-1.docker.io', 'library/nginx'],
    ['quay.io/nginx', 'quay.io', 'nginx'],
    ['127.0.0.1:5000/x/y', '127.0.0.1:5000', 'x/y'],
    ['Host:80/name', 'Host:80', 'name'],
    ['HOST.example/name', 'HOST.example', 'name'],
    ['[::1]:5000/x', '[::1]:5000', 'x'],
    ['[2001:db8::1]/x', '[2001:db8::1]', 'x'],
    ['ghcr.io/a/b.c/d__e/f---g', 'ghcr.io', 'a/b.c/d__e/f---g'],
  ])('%s', (name, registry, repository) => {
    expect(splitName(name)).toEqual({ registry, repository });
    expect(parseReference(`${name}:1.2@${D}`)).toEqual({ name, registry, repository, tag: '1.2', digest: D });
    expect(formatReference(parseReference(`${name}:1.2@${D}`))).toBe(`${name}:1.2@${D}`);
  });

  test('tag and digest are optional, alone and together', () => {
    expect(parseReference('redis').tag).toBeUndefined();
    expect(parseReference(`redis@${D}`)).toEqual({
      name: 'redis',
      registry: 'docker.io',
      repository: 'library/redis',
      digest: D,
    });
    expect(parseReference('localhost:5000/redis').tag).toBeUndefined();
  });
});

describe('a malformed name is refused, and the message points at the part', () => {
  test.each([
    ['', 'empty'],
    ['Nginx', "'Nginx' has capital letters"],
    ['Host/name', "'Host' has capital letters"],
    ['quay.io/Foo', "'Foo' has capital letters"],
    ['a___b', "'a___b' may only"],
    ['a..b', "'a..b' may only"],
    ['a-', "'a-' may only"],
    ['a//b', 'between slashes is empty'],
    ['quay.io/', 'between slashes is empty'],
    ['a:', 'nothing follows the colon'],
    ['a:-x', "the tag '-x'"],
    ['a:.x', "the tag '.x'"],
    [`a:${'x'.repeat(129)}`, '129 characters'],
    ['a:1:2', "the tag '1:2'"],
    [`postgres:sha256:${'a'.repeat(64)}`, "a digest follows '@'"],
    ['a@sha256:abc', "the digest 'sha256:abc'"],
    [`a@sha512:${'a'.repeat(128)}`, 'sha256 digests only'],
    [`a@${D.toUpperCase()}`, 'lower-case hex'],
    ['host.example:99999/a', "the port '99999'"],
    ['host.example:/a', "the port ''"],
    ['-bad.example/a', "the registry '-bad.example'"],
    ['https://quay.io/a', "omit the 'scheme://'"],
    [`a/${'b'.repeat(255)}`, 'more than 255'],
    ['a\u001b[31m', "'a�[31m' may only"],
    ['rédis', 'may only'],
  ])('%s', (text, message) => {
    expect(() => parseReference(text)).toThrow(UsageError);
    expect(() => parseReference(text)).toThrow(message);
  });

  test('a long run of dashes takes no time', () => {
    expect(() => parseReference(`a${'-'.repeat(100_000)}!`)).toThrow(UsageError);
  });
});

test.each([
  ['redis', 'latest'],
  ['redis:7', '7'],
  [`redis:7@sha256:${'0'.repeat(64)}`, `sha256:${'0'.repeat(64)}`],
])('%s is looked up by %s', (name, lookup) => {
  expect(tagOrDigestOf(parseReference(name))).toBe(lookup);
});

test.each([
  ['redis', ['redis', 'docker.io/library/redis']],
  ['docker.io/library/redis', ['docker.io/library/redis']],
  ['Not A Name', ['Not A Name']],
])('%s is spelled %j', (name, spellings) => {
  expect(imageSpellings(name)).toEqual(spellings);
});

test('the last part of a name', () => {
  expect(['ghcr.io/acme/web', 'web', 'acme/'].map(shortName)).toEqual(['web', 'web', '']);
});

test('slashes go at the end only, and a long row of them takes no time', () => {
  expect(['a/b//', 'a/b', '//', '/a'].map(withoutFinalSlashes)).toEqual(['a/b', 'a/b', '', '/a']);
  expect(withoutFinalSlashes(`a${'/'.repeat(200_000)}b`)).toHaveLength(200_002);
});

test('a path has no registry in front, and no more than 255 characters', () => {
  for (const text of ['a', 'a/b.c/d__e', 'a'.repeat(255)]) expect(isRepositoryPath(text)).toBe(true);
  for (const text of ['', 'a/', '/a', 'A/b', 'host:80/a', 'a'.repeat(256)]) expect(isRepositoryPath(text)).toBe(false);
});

test('a reference that was parsed stays what it is', () => {
  const parsed = parseReference('redis:7');
  expect(toReference(parsed)).toBe(parsed);
  expect(toReference('redis:7')).toEqual(parsed);
});

test('a port is a number from 1 to 65535', () => {
  for (const port of ['1', '443', '65535']) expect(splitName(`h.example:${port}/a`).registry).toBe(`h.example:${port}`);
  for (const port of ['0', '65536', '1x', 'x1', '100000'])
    expect(() => splitName(`h.example:${port}/a`)).toThrow(`the port '${port}' of the registry is not a number`);
});

test('a name, a tag and a digest of the longest kind, and one more', () => {
  expect(parseReference(`a:${'x'.repeat(128)}`).tag).toHaveLength(128);
  const name = `q.io/${'b'.repeat(250)}`;
  expect(splitName(name).repository).toHaveLength(250);
  expect(() => splitName(`${name}b`)).toThrow('more than 255');
  expect(() => parseReference('a@sha256:abc')).toThrow('has 3 hex digits, and should have 64');
  expect(() => parseReference('a@sha256:abcX')).toThrow('must be sha256: and 64 lower-case hex digits');
});
