import { parse } from 'smol-toml';
import { beforeAll, describe, expect, test } from 'vitest';
import { splitName } from '../../../src/oci/reference.js';
import { BlockedError, createMirrors, type MirrorsOptions } from '../../../src/registry/mirrors/mirrors.js';
import { parseRegistryMap } from '../../../src/registry/mirrors/registry-map.js';
import { parseRegistryTables } from '../../../src/registry/mirrors/registry-tables.js';
import { type DockerRegistry, startDockerRegistry } from '../../support/docker-registry.js';
import { fixtureImages } from '../../support/fixture-images.js';
import { listen, openClient } from '../../support/reading.js';

const tables = (toml: string) => parseRegistryTables(parse(toml), '/etc/containers/registries.conf');

/** Where an image is looked up: `host/repository`, with what is special about it. */
function places(options: MirrorsOptions, image: string, by: 'tag' | 'digest'): string[] {
  return createMirrors(options)(splitName(image), by).map(({ registry, repository, mirror, insecure }) =>
    [`${registry}/${repository}`, mirror && 'mirror', insecure && 'insecure'].filter(Boolean).join(' '),
  );
}

const HUB = `
  [[registry]]
  location = "docker.io"
  [[registry.mirror]]
  location = "mirror.example/dockerhub"
  [[registry.mirror]]
  location = "localhost:5000"
  insecure = true
  [[registry.mirror]]
  location = "all.example"
  pull-from-mirror = "all"
  [[registry.mirror]]
  location = "digests.example"
  pull-from-mirror = "digest-only"
  [[registry.mirror]]
  location = "tags.example"
  pull-from-mirror = "tag-only"`;

test('an image without a table is read from the registry in its name', () => {
  expect(places({ tables: tables(HUB) }, 'quay.io/a/b', 'tag')).toEqual(['quay.io/a/b']);
  expect(places({}, 'redis', 'digest')).toEqual(['docker.io/library/redis']);
});

describe('mirrors come first, in order, and the registry itself last', () => {
  test('for a digest every mirror that may answer', () => {
    expect(places({ tables: tables(HUB) }, 'redis', 'digest')).toEqual([
      'mirror.example/dockerhub/library/redis mirror',
      'localhost:5000/library/redis mirror insecure',
      'all.example/library/redis mirror',
      'digests.example/library/redis mirror',
      'docker.io/library/redis',
    ]);
  });

  test('for a tag, which a mirror may keep too long, only the mirrors for which the file allows it', () => {
    expect(places({ tables: tables(HUB) }, 'redis', 'tag')).toEqual([
      'all.example/library/redis mirror',
      'tags.example/library/redis mirror',
      'docker.io/library/redis',
    ]);
  });

  test('for a tag all of them when the user wants it', () => {
    expect(places({ tables: tables(HUB), tagsFromMirrors: true }, 'redis', 'tag')).toEqual([
      'mirror.example/dockerhub/library/redis mirror',
      'localhost:5000/library/redis mirror insecure',
      'all.example/library/redis mirror',
      'tags.example/library/redis mirror',
      'docker.io/library/redis',
    ]);
  });
});

describe('the table with the longest prefix holds, and replaces the prefix by the location', () => {
  const toml = `
    [[registry]]
    prefix = "example.com"
    location = "whole.net"
    [[registry]]
    prefix = "example.com/foo"
    location = "internal.net/bar"
    insecure = true
    [[registry]]
    prefix = "*.example.com"
    [[registry.mirror]]
    location = "wild.net"
    [[registry]]
    prefix = "*.deep.example.com"
    location = "deep.net/x"`;
  test.each([
    ['example.com/foo/image', ['internal.net/bar/image insecure']],
    ['example.com/foo', ['internal.net/bar insecure']],
    ['example.com/foobar', ['whole.net/foobar']],
    ['example.com:5000/foo', ['example.com:5000/foo']],
    ['badexample.com/foo', ['badexample.com/foo']],
    ['a.example.com/foo', ['wild.net/foo mirror', 'a.example.com/foo']],
    ['a.example.com:5000/foo', ['wild.net:5000/foo mirror', 'a.example.com:5000/foo']],
    ['a.b.example.com/foo', ['wild.net/foo mirror', 'a.b.example.com/foo']],
    ['a.deep.example.com/foo', ['deep.net/x/foo']],
    ['a.example.com.org/foo', ['a.example.com.org/foo']],
  ])('%s', (image, expected) => {
    expect(places({ tables: tables(toml) }, image, 'digest')).toEqual(expected);
  });
});

test('--registry-map takes the place of a table and of its mirrors, for tags and digests', () => {
  const replacements = parseRegistryMap(['docker.io=corp.example/hub', 'docker.io/corp=corp.example']);
  for (const by of ['tag', 'digest'] as const) {
    expect(places({ tables: tables(HUB), replacements }, 'redis', by)).toEqual(['corp.example/hub/library/redis']);
    expect(places({ tables: tables(HUB), replacements }, 'corp/a', by)).toEqual(['corp.example/a']);
  }
});

test('a mirror may be Docker Hub', () => {
  const toml = '[[registry]]\nlocation="quay.io/a"\n[[registry.mirror]]\nlocation="docker.io/a"';
  expect(places({ tables: tables(toml) }, 'quay.io/a/b', 'digest')).toEqual(['docker.io/a/b mirror', 'quay.io/a/b']);
});

test('a blocked image is refused with the file that says so', () => {
  const find = createMirrors({ tables: tables('[[registry]]\nlocation="docker.io/evil"\nblocked=true') });
  const act = () => find(splitName('evil/image'), 'digest');
  expect(act).toThrow(BlockedError);
  expect(act).toThrow(
    "docker.io/evil/image is blocked: /etc/containers/registries.conf sets blocked = true for 'docker.io/evil'",
  );
  expect(find(splitName('good/image'), 'digest')).toHaveLength(1);
});

test('a prefix with a tag or a digest stops the images of its repository, no others', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const toml = `[[registry]]\nlocation="quay.io/a/b:1.2"\n[[registry]]\nlocation="quay.io/c@${digest}"\nblocked=true`;
  const find = createMirrors({ tables: tables(toml) });
  for (const image of ['quay.io/a/b', 'quay.io/c']) {
    expect(() => find(splitName(image), 'digest')).toThrow('names a tag or a digest, which pullpin does not support');
  }
  expect(find(splitName('quay.io/a'), 'digest')).toHaveLength(1);
});

describe('with real registries', () => {
  const [hello, other] = [fixtureImages()['hello']!, fixtureImages()['zstd']!];
  let upstream: DockerRegistry;
  let mirror: DockerRegistry;

  beforeAll(async () => {
    [upstream, mirror] = await Promise.all([startDockerRegistry(), startDockerRegistry()]);
    await upstream.push('a/hello', 'latest', hello);
    // The mirror's tag has not followed, and it lacks an image.
    await mirror.push('cache/hello', 'latest', other);
    await upstream.push('a/other', 'latest', other);
  });

  const mirrorTable = (host: string): string => `[[registry.mirror]]\nlocation="${host}/cache"\n`;
  const registryTable = (...mirrors: readonly string[]): string =>
    `[[registry]]\nlocation="${upstream.host}/a"\n${mirrors.map(mirrorTable).join('')}`;

  function open(toml: string, options: MirrorsOptions = {}) {
    const heard = listen();
    const client = openClient({
      endpoints: createMirrors({ tables: tables(toml), ...options }),
      log: heard.log,
      retry: { retries: 0 },
    });
    const repository = (name: string) => client.repository({ registry: upstream.host, repository: name });
    return { repository, heard };
  }

  test('a tag is asked of the registry, and of a mirror only when the user wants it', async () => {
    expect(await open(registryTable(mirror.host)).repository('a/hello').resolve('latest')).toBe(hello.root.digest);
    const stale = open(registryTable(mirror.host), { tagsFromMirrors: true });
    expect(await stale.repository('a/hello').resolve('latest')).toBe(other.root.digest);
  });

  test('a digest that a mirror does not know is read from the registry', async () => {
    const { repository, heard } = open(registryTable(mirror.host));
    expect((await repository('a/hello').manifest(hello.root.digest)).digest).toBe(hello.root.digest);
    expect(heard.warnings).toEqual([expect.stringContaining(`the mirror ${mirror.host} was skipped`)]);
    expect((await repository('a/hello').manifest(other.root.digest)).digest).toBe(other.root.digest);
  });

  test('a mirror that cannot be reached is skipped, and a message names the image as it was asked for', async () => {
    const gone = await startDockerRegistry();
    await gone.close();
    const { repository, heard } = open(registryTable(gone.host));
    expect((await repository('a/hello').manifest(hello.root.digest)).digest).toBe(hello.root.digest);
    expect(heard.warnings[0]).toContain(`the mirror ${gone.host} was skipped`);
    await expect(repository('a/none').resolve('latest')).rejects.toThrow(`${upstream.host}/a/none:latest: `);
  });

  test('--registry-map sends everything to the other place, and to no other', async () => {
    const replacements = parseRegistryMap([`${upstream.host}/a=${mirror.host}/cache`]);
    const { repository } = open(registryTable(), { replacements });
    expect(await repository('a/hello').resolve('latest')).toBe(other.root.digest);
    await expect(repository('a/other').resolve('latest')).rejects.toThrow(`${upstream.host}/a/other:latest: `);
  });

  test('a mirror does not decide how Nix will reach the registry', async () => {
    const replacements = parseRegistryMap([`docker.io=${upstream.host}/a`]);
    const hub = openClient({ endpoints: createMirrors({ replacements }) });
    const source = hub.repository({ registry: 'docker.io', repository: 'hello' });
    expect(await source.resolve('latest')).toBe(hello.root.digest);
    expect(source.tlsVerify).toBe(true);
    const own = open(registryTable()).repository('a/hello');
    await own.resolve('latest');
    expect(own.tlsVerify).toBe(false);
  });
});
