import { describe, expect, test } from 'vitest';
import { startDockerRegistry } from '../support/docker-registry.js';
import { fixtureImage } from '../support/fixture-images.js';
import { attestation, type ImageContent, image, index } from '../support/images.js';
import { hexOfSri, type PinJson, pinJson } from '../support/pin-json.js';
import { createRandom } from '../support/random.js';
import { runPullpin } from '../support/run-pullpin.js';
import { pushLayout, skopeoArchive, skopeoDirectory } from '../support/skopeo.js';

const FIXTURES = ['hello', 'arm-variants', 'zstd', 'docker-schema2', 'no-layers', 'odd-config'] as const;
const registry = await startDockerRegistry();
for (const name of FIXTURES) await pushLayout(fixtureImage(name), `${registry.host}/fixtures/${name}:1`);

const CONFIG = '{"architecture":"amd64","os":"linux","config":{"Cmd":["/hello"]},"created":"2024-05-01T12:00:00Z"}';

/** What Nix would make of a pin, with every argument that the pin has. */
function pulled(pin: PinJson) {
  const { imageName, imageDigest, finalImageName, finalImageTag, os, arch } = pin;
  const pull = { image: `${imageName}@${imageDigest}`, os, arch };
  return {
    archive: () => skopeoArchive({ ...pull, finalName: finalImageName, finalTag: finalImageTag }),
    directory: () => skopeoDirectory(pull),
  };
}

async function narOf(args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await runPullpin(['pin', ...args, '--template', 'nix2container']);
  const hash = /sha256 = "(sha256-[^"]+)"/.exec(stdout)?.[1];
  if (hash === undefined) throw new Error(`no hash in: ${stdout}${stderr}`);
  return hexOfSri(hash);
}

async function expectSameBytes(args: readonly string[]): Promise<void> {
  const pin = await pinJson(args);
  expect({ sha256: hexOfSri(pin.hash) }).toEqual(await pulled(pin).archive());
  expect({ sha256: await narOf(args) }).toEqual(await pulled(pin).directory());
}

describe.concurrent('the hash of a sample image is that of what skopeo writes', () => {
  test.for([
    ['hello', 'linux/amd64'],
    ['hello', 'linux/arm64'],
    ['arm-variants', 'linux/amd64'],
    ['arm-variants', 'linux/arm64'],
    ['arm-variants', 'linux/arm'],
    ['arm-variants', 'linux/arm/v6'],
    ['arm-variants', 'linux/arm/v7'],
    ['arm-variants', 'linux/arm/v8'],
    ['docker-schema2', 'linux/amd64'],
    ['no-layers', 'linux/amd64'],
    ['odd-config', 'linux/amd64'],
  ] as const)('%s for %s', async ([name, platform]) => {
    await expectSameBytes([`${registry.host}/fixtures/${name}:1`, '--platform', platform]);
  });

  test('zstd has the archive of docker-schema2, which holds the same layers in gzip, and a folder of its own', async () => {
    const finalName = ['--final-name', 'example/twin'];
    const zstd = await pinJson([`${registry.host}/fixtures/zstd:1`, ...finalName]);
    const gzip = await pinJson([`${registry.host}/fixtures/docker-schema2:1`, ...finalName]);
    expect(zstd.hash).toBe(gzip.hash);
    expect({ sha256: hexOfSri(gzip.hash) }).toEqual(await pulled(gzip).archive());
    expect({ sha256: await narOf([`${registry.host}/fixtures/zstd:1`]) }).toEqual(await pulled(zstd).directory());
  });
});

describe.concurrent('an image in a layout has the hash that it has in the registry to which it was pushed', () => {
  test.for(FIXTURES)('%s', async (name) => {
    const destination = `${registry.host}/fixtures/${name}:1`;
    const layout = [destination, '--from', `oci:${fixtureImage(name)}`];
    const { imageDigest, hash } = await pinJson([destination]);
    expect(await pinJson(layout)).toMatchObject({ imageDigest, hash });
    expect(await narOf(layout)).toBe(await narOf([destination]));
  });
});

const random = createRandom(1);
const GENERATED: Readonly<Record<string, ImageContent>> = {
  'layers of every size about a block': image({
    config: CONFIG,
    layers: [0, 1, 511, 512, 513, 1024, 10_239, 10_240, 10_241].map((size) => ({ bytes: random.bytes(size) })),
  }),
  'layers that are plain, gzip and several gzip members': image({
    config: CONFIG,
    layers: (['none', 'gzip', 'gzip members', 'gzip stored'] as const).map((compression) => ({
      bytes: random.bytes(3000),
      compression,
    })),
  }),
  'a layer of a few megabytes that compresses well': image({
    config: CONFIG,
    layers: [{ bytes: Buffer.alloc(5_000_000, 'pullpin ') }, { bytes: random.bytes(1_000_000) }],
  }),
  'one layer three times': image({
    config: CONFIG,
    layers: ['a', 'b', 'a', 'a'].map((text) => ({ bytes: Buffer.from(text) })),
  }),
  'one content in several compressions': image({
    config: CONFIG,
    layers: (['gzip', 'none', 'gzip stored'] as const).map((compression) => ({
      bytes: Buffer.from('same'),
      compression,
    })),
  }),
  '100 layers': image({
    config: CONFIG,
    layers: Array.from({ length: 100 }, (_, index) => ({ bytes: Buffer.from(`layer ${index % 90}`) })),
  }),
  'docker types and a foreign layer type': image({
    kind: 'docker',
    config: CONFIG,
    layers: [
      { bytes: random.bytes(700) },
      { bytes: random.bytes(700), compression: 'none' },
      { bytes: random.bytes(700), mediaType: 'application/vnd.docker.image.rootfs.diff.tar' },
    ],
  }),
  'a config with text that HTML escapes and text that is not ASCII': image({
    config: '{"os":"<&>\u2028\u2029","architecture":"\u00e9 \u65e5\u672c \u{1f40b}","config":{"\\u003c":"</script>"}}',
    layers: [{ bytes: Buffer.from('x') }],
  }),
  'a config of nothing but null': image({ config: 'null', layers: [{ bytes: Buffer.from('x') }] }),
  'no layers under a config that is no JSON': image({ config: 'not JSON', layers: [] }),
  'an index whose entries have no platform': index([
    { image: image({ config: CONFIG, layers: [{ bytes: Buffer.from('first') }] }) },
    { image: image({ config: CONFIG, layers: [{ bytes: Buffer.from('second') }] }), platform: null },
  ]),
  'an index with an attestation in front': (() => {
    const content = image({ config: CONFIG, layers: [{ bytes: Buffer.from('attested') }] });
    return index([attestation(content), { image: content, platform: { os: 'linux', architecture: 'amd64' } }]);
  })(),
  'a docker manifest list': index(
    ['arm64', 'amd64'].map((architecture) => ({
      image: image({ kind: 'docker', config: CONFIG, layers: [{ bytes: Buffer.from(architecture) }] }),
      platform: { os: 'linux', architecture },
    })),
    'docker',
  ),
};

describe.concurrent('the hash of a generated image is that of what skopeo writes', () => {
  test.for(Object.entries(GENERATED))('%s', async ([, content]) => {
    const repository = `generated/${content.root.digest.slice(7, 19)}`;
    await registry.push(repository, '1', content);
    await expectSameBytes([`${registry.host}/${repository}:1`]);
  });
});

describe.concurrent('the final name and tag are written as skopeo normalises them', async () => {
  const content = image({ config: CONFIG, layers: [{ bytes: Buffer.from('named') }] });
  await registry.push('generated/named', '1', content);

  test.for([
    ['nginx', 'latest'],
    ['foo/bar', 'V1.2-rc_3'],
    ['host/name', '_'],
    ['localhost', '1'],
    ['localhost/a', '1'],
    ['docker.io/nginx', '1'],
    ['index.docker.io/nginx', '1'],
    ['docker.io/library/nginx', '1'],
    ['registry-1.docker.io/library/nginx', '1'],
    ['quay.io/nginx', '7.10'],
    ['127.0.0.1:5000/x/y', '1'],
    ['Host:80/name', '1'],
    ['HOST.example/name', 't'.repeat(128)],
  ] as const)('%s:%s', async ([finalName, finalTag]) => {
    const names = ['--final-name', finalName, '--final-tag', finalTag];
    const pin = await pinJson([`${registry.host}/generated/named:1`, ...names]);
    expect(pin).toMatchObject({ finalImageName: finalName, finalImageTag: finalTag });
    expect({ sha256: hexOfSri(pin.hash) }).toEqual(await pulled(pin).archive());
  });

  test.for(['Nginx', 'Host/name', 'quay.io/Foo', 'a___b', 'a..b', 'a-', 'a:80', '@a', 'a b', '\u00e9'])(
    'pullpin and skopeo both refuse the name %s',
    async (finalName) => {
      const run = await runPullpin(['pin', `${registry.host}/generated/named:1`, '--final-name', finalName]);
      expect(run).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(finalName) });
      const image = `${registry.host}/generated/named@${content.root.digest}`;
      expect(await skopeoArchive({ image, finalName, finalTag: '1' })).toHaveProperty('refused');
    },
  );
});
