import { afterAll, describe, expect, test } from 'vitest';
import { PullpinError } from '../../../../src/errors.js';
import { createRenderer } from '../../../../src/nix/render/render.js';
import { type Pin, pinImage } from '../../../../src/pin/pin.js';
import { createRegistryClient } from '../../../../src/registry/client.js';
import { startDockerRegistry } from '../../../support/docker-registry.js';
import { fixtureImages } from '../../../support/fixture-images.js';
import { type ImageContent, image, type LayerDescription, OCI } from '../../../support/images.js';
import { buildLayered, called } from '../../../support/layered.js';
import { createNix, type NixBuild } from '../../../support/nix-build.js';
import { createRandom } from '../../../support/random.js';
import { randomImage } from '../../../support/random-image.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const registry = await startDockerRegistry();
const client = createRegistryClient();
const nix = createNix();
const template = await createRenderer({ template: 'layered' });
const block = await createRenderer({});

afterAll(() => client.close());

/** An image with what its archive is called and which platform is asked for. */
interface Asked {
  readonly content: ImageContent;
  readonly platform?: string;
  readonly finalName?: string;
  readonly finalTag?: string;
}

async function pinned({ content, platform = 'linux/amd64', ...names }: Asked): Promise<Pin> {
  const repository = `images/${content.root.digest.slice(7, 19)}`;
  await registry.push(repository, '1', content);
  return pinImage(`${registry.host}/${repository}:1`, {
    registries: client,
    platform,
    temporaryFolder: temporaryFolder(),
    ...names,
  });
}

/** The image of a seed when skopeo takes it, and so pullpin does. */
async function pinnedSeed(seed: number): Promise<Pin | undefined> {
  const { content, finalName, finalTag, os, arch } = randomImage(seed);
  try {
    return await pinned({ content, platform: `${os}/${arch}`, finalName, finalTag });
  } catch (error) {
    if (error instanceof PullpinError) return undefined;
    throw error;
  }
}

/** Nix checks the hash, which is that of pullImage's archive. */
function built(pin: Pin): Promise<NixBuild> {
  return buildLayered(template.render([pin]), {}, { nix });
}

const CONFIG = '{"architecture":"amd64","os":"linux","config":{"Cmd":["/hello"]},"created":"2024-05-01T12:00:00Z"}';
const random = createRandom(3);
const layersOf = (...layers: readonly LayerDescription[]) => image({ config: CONFIG, layers });

const OWN: Readonly<Record<string, ImageContent>> = {
  'every compression': layersOf(
    ...(['none', 'gzip', 'gzip members', 'gzip stored', 'zstd'] as const).map((compression) => ({
      bytes: random.bytes(3000),
      compression,
    })),
  ),
  'sizes about a block': layersOf(
    ...[0, 1, 511, 512, 513, 1024, 10_240].map((size) => ({ bytes: random.bytes(size) })),
  ),
  'a few megabytes': layersOf({ bytes: Buffer.alloc(5_000_000, 'pullpin ') }, { bytes: random.bytes(1_000_000) }),
  'one layer three times': layersOf(...['a', 'b', 'a', 'a'].map((text) => ({ bytes: Buffer.from(text) }))),
  'one content in several compressions': layersOf(
    ...(['gzip', 'none', 'gzip stored', 'zstd'] as const).map((compression) => ({
      bytes: Buffer.from('same'),
      compression,
    })),
  ),
  'layers of Docker, one of which stays as it is stored': image({
    kind: 'docker',
    config: CONFIG,
    layers: [
      { bytes: random.bytes(700) },
      { bytes: random.bytes(700), mediaType: 'application/vnd.docker.image.rootfs.diff.tar.zstd' },
    ],
  }),
  'zstd frames one after the other, with a window of 64 MiB': layersOf({
    bytes: Buffer.concat([random.bytes(1000), Buffer.alloc(100_000)]),
    compression: 'zstd',
    mediaType: `${OCI.layer}+zstd`,
  }),
  'a config with text that HTML escapes': image({
    config: '{"os":"<&>\u2028\u2029","architecture":"\u00e9 \u65e5\u672c \u{1f40b}","config":{"\\u003c":"</script>"}}',
    layers: [{ bytes: Buffer.from('x') }],
  }),
  'a config of nothing but null': image({ config: 'null', layers: [{ bytes: Buffer.from('x') }] }),
  'a config that is nested as deep as Go reads': image({
    config: `{"config":${'['.repeat(9_900)}${']'.repeat(9_900)}}`,
    layers: [{ bytes: Buffer.from('x') }],
  }),
  'no layers under a config that is no JSON': image({ config: 'not JSON', layers: [] }),
};

const BUILT = { storePath: expect.stringContaining('-docker-image-') };

const FIXTURES = [
  ['hello', 'linux/amd64'],
  ['hello', 'linux/arm64'],
  ...['linux/amd64', 'linux/arm64', 'linux/arm', 'linux/arm/v6', 'linux/arm/v7'].map(
    (each) => ['arm-variants', each] as const,
  ),
  ...['zstd', 'docker-schema2', 'no-layers', 'odd-config'].map((name) => [name, 'linux/amd64'] as const),
] as const;

const NAMES = [
  ['nginx', 'latest'],
  ['foo/bar', 'V1.2-rc_3'],
  ['localhost', '1'],
  ['localhost/a', '1'],
  ['index.docker.io/nginx', '1'],
  ['registry-1.docker.io/library/nginx', '7.10'],
  ['my_org.io/app', '1'],
  ['Host:80/name', '_'],
] as const;

describe.concurrent('the layers of an image make the archive of pullImage, byte for byte', () => {
  test.for(FIXTURES)('%s for %s', async ([name, platform]) => {
    const content = fixtureImages()[name] ?? expect.unreachable();
    expect(await built(await pinned({ content, platform }))).toEqual(BUILT);
  });

  test.for(Object.entries(OWN))('%s', async ([, content]) => {
    expect(await built(await pinned({ content }))).toEqual(BUILT);
  });

  test.for(NAMES)('under the name %s:%s', async ([finalName, finalTag]) => {
    const content = layersOf({ bytes: Buffer.from('named') });
    expect(await built(await pinned({ content, finalName, finalTag }))).toEqual(BUILT);
  });

  test('for images made by chance', async () => {
    const pins: Pin[] = [];
    for (let seed = 2000; pins.length < 20; seed += 1) {
      const pin = await pinnedSeed(seed);
      // Nix knows no longer names of store paths.
      if (pin && pin.finalImageName.length + pin.finalImageTag.length < 190) pins.push(pin);
    }
    for (const pin of pins) expect(await built(pin), pin.imageDigest).toEqual(BUILT);
  });
});

test('the store path is that of pullImage', async () => {
  const pin = await pinned({ content: fixtureImages()['hello'] ?? expect.unreachable() });
  const own = await nix.build(called(template.render([pin])));
  expect(own).toEqual(await nix.build(block.render([pin])));
  expect(own).toEqual(BUILT);
});
