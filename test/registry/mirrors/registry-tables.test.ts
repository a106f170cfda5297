import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { parseRegistryTables, RegistriesConfError } from '../../../src/registry/mirrors/registry-tables.js';

const read = (toml: string) => parseRegistryTables(parse(toml), '/etc/registries.conf');

test('a full table', () => {
  const toml = `
    unqualified-search-registries = ["example.com"]
    short-name-mode = "permissive"
    [[registry]]
    prefix = "example.com/foo"
    location = "internal.example.net/bar/"
    insecure = true
    blocked = true
    [[registry.mirror]]
    location = "mirror-0.local:5000/mirror-for-foo"
    [[registry.mirror]]
    location = "mirror-1.local"
    insecure = true
    pull-from-mirror = "tag-only"
    [aliases]
    "alpine" = "docker.io/library/alpine"`;
  expect(read(toml)).toEqual([
    {
      prefix: 'example.com/foo',
      location: 'internal.example.net/bar',
      insecure: true,
      blocked: true,
      mirrors: [
        { location: 'mirror-0.local:5000/mirror-for-foo', insecure: false, pulls: undefined },
        { location: 'mirror-1.local', insecure: true, pulls: 'tag-only' },
      ],
      file: '/etc/registries.conf',
    },
  ]);
});

test('the prefix is the location where it is left away, and a wildcard needs no location', () => {
  const tables = read('[[registry]]\nlocation="localhost:5000"\n[[registry]]\nprefix="*.example.com"\nblocked=true');
  expect(tables).toMatchObject([
    { prefix: 'localhost:5000', location: 'localhost:5000' },
    { prefix: '*.example.com', location: undefined, blocked: true },
  ]);
});

test('of several tables with the same prefix, the first counts', () => {
  expect(read('[[registry]]\nlocation="a.io"\n[[registry]]\nprefix="a.io"\nlocation="b.io"')).toMatchObject([
    { prefix: 'a.io', location: 'a.io' },
  ]);
});

test('mirror-by-digest-only holds for every mirror', () => {
  const toml = '[[registry]]\nlocation="a.io"\nmirror-by-digest-only=true\n[[registry.mirror]]\nlocation="m.io"';
  expect(read(toml)[0]?.mirrors).toEqual([{ location: 'm.io', insecure: false, pulls: 'digest-only' }]);
});

test('a file with nothing to say has no tables', () => {
  expect(read('')).toEqual([]);
  expect(read('[registries.search]\nregistries = []')).toEqual([]);
});

describe('what podman and skopeo would refuse, too', () => {
  const mirror = '[[registry]]\nlocation="a.io"\n[[registry.mirror]]\n';
  test.each([
    ['[registries.search]\nregistries=["a.io"]', 'is in version 1 of the format, with [registries.search]; rewrite it'],
    ['[registries.block]\nregistries=["a.io"]', 'is in version 1 of the format'],
    ['[[registry]]\ninsecure=true', '[[registry]] number 1 has neither a prefix nor a location'],
    ['[[registry]]\nprefix="a.io"', "[[registry]] number 1 'a.io' has no location"],
    ['[[registry]]\nlocation="https://a.io"', "the location 'https://a.io' is a URL; omit the scheme"],
    ['[[registry]]\nlocation="mirror/foo"', "the location 'mirror/foo' is not host[:port][/path]"],
    ['[[registry]]\nlocation="a.io/Foo"', "the location 'a.io/Foo' is not host[:port][/path]"],
    ['[[registry]]\nlocation="a.io:x"', "the location 'a.io:x' is not host[:port][/path]"],
    ['[[registry]]\nprefix="*.a.io/x"\nlocation="b.io"', "the prefix '*.a.io/x' has a wildcard; nothing but *.domain"],
    ['[[registry]]\nlocation="a.io"\npull-from-mirror="all"', 'pull-from-mirror belongs in a [[registry.mirror]]'],
    ['[[registry]]\nlocation="a.io"\ninsecure="yes"', 'insecure is neither true nor false'],
    ['[[registry]]\nlocation=5', 'location is not a string'],
    ['[registry]\nlocation="a.io"', 'registry is not an array of tables; write [[registry]]'],
    ['registry = ["a.io"]', '[[registry]] number 1 is not a table'],
    [mirror, '[[mirror]] number 1 has no location'],
    [
      `${mirror}location="m.io"\npull-from-mirror="never"`,
      "pull-from-mirror is 'never'; write all, digest-only or tag-only",
    ],
    [
      '[[registry]]\nlocation="a.io"\nmirror-by-digest-only=true\n[[registry.mirror]]\nlocation="m.io"\npull-from-mirror="all"',
      'sets pull-from-mirror under a registry with mirror-by-digest-only',
    ],
    [
      '[[registry]]\nprefix="x.io"\nlocation="a.io"\ninsecure=true\n[[registry]]\nlocation="a.io"',
      "'a.io' is given twice, with different values of insecure",
    ],
    [
      '[[registry]]\nprefix="x.io"\nlocation="a.io"\nblocked=true\n[[registry]]\nlocation="a.io"',
      "'a.io' is given twice, with different values of blocked",
    ],
  ])('%s', (toml, problem) => {
    expect(() => read(toml)).toThrow(RegistriesConfError);
    expect(() => read(toml)).toThrow(/^\/etc\/registries\.conf: /);
    expect(() => read(toml)).toThrow(problem);
  });
});

test('many tables, and long rows of slashes, are read in linear time', () => {
  const tables = Array.from({ length: 100_000 }, (_, at) => ({ location: `h${at % 99_999}.example`, insecure: false }));
  expect(parseRegistryTables({ registry: tables }, '/etc/registries.conf')).toHaveLength(99_999);
  const location = `h.example${'/'.repeat(300_000)}`;
  expect(parseRegistryTables({ registry: [{ location }] }, '')).toMatchObject([{ location: 'h.example' }]);
  expect(() => parseRegistryTables({ registry: [{ location: `${location}x` }] }, '')).toThrow(/is not host/);
});
