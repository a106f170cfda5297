import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { ManifestError } from '../../src/oci/manifest.js';
import { PlatformError, parsePlatform } from '../../src/oci/platform.js';
import { digestOf } from '../../src/oci/verified.js';
import { type DigestChoice, resolve } from '../../src/pin/resolve.js';
import { fixtureImages } from '../support/fixture-images.js';
import { type ImageContent, image, index } from '../support/images.js';
import { memorySource } from '../support/memory-source.js';

const ARM = fixtureImages()['arm-variants']!;
const SINGLE = fixtureImages()['docker-schema2']!;

function resolved(content: ImageContent, platform: string, digest?: DigestChoice) {
  const source = memorySource(content);
  return resolve({ source, tagOrDigest: '1', platform: parsePlatform(platform), ...(digest && { digest }) });
}

/** The digest of the manifest whose config says this. */
function childOf(content: ImageContent, config: object): string {
  const child = image({ config: JSON.stringify(config), layers: [] });
  const wanted =
    Buffer.from(child.root.bytes)
      .toString()
      .match(/"config":\{[^}]*\}/)?.[0] ?? '';
  return content.manifests.find(({ bytes }) => Buffer.from(bytes).includes(wanted))?.digest ?? '';
}

describe('a pin carries what the tag resolves to', () => {
  test('the index, when pullImage would choose the same in it', async () => {
    for (const platform of ['linux/amd64', 'linux/arm', 'linux/arm/v8', 'linux/arm64', 'linux/arm64/v8']) {
      const { imageDigest, index, warnings } = await resolved(ARM, platform);
      expect({ platform, imageDigest, warnings }).toEqual({ platform, imageDigest: ARM.root.digest, warnings: [] });
      expect(index?.stored.digest).toBe(ARM.root.digest);
    }
  });

  test('the manifest of the platform, with a warning, when pullImage would choose another variant', async () => {
    for (const variant of ['v6', 'v7']) {
      const { imageDigest, warnings } = await resolved(ARM, `linux/arm/${variant}`);
      expect(imageDigest).toBe(childOf(ARM, { architecture: 'arm', os: 'linux', variant }));
      expect(warnings).toEqual([expect.stringContaining(`linux/arm/${variant} is pinned by its own digest`)]);
    }
  });

  test('the manifest of the platform, without a warning, when that was asked for', async () => {
    const { imageDigest, manifest, warnings } = await resolved(ARM, 'linux/arm64', 'platform');
    expect(imageDigest).toBe(childOf(ARM, { architecture: 'arm64', os: 'linux', variant: 'v8' }));
    expect([manifest.stored.digest, warnings]).toEqual([imageDigest, []]);
  });

  test('a single image, for any platform', async () => {
    for (const digest of ['index', 'platform'] as const)
      expect(await resolved(SINGLE, 'linux/s390x', digest)).toMatchObject({
        imageDigest: SINGLE.root.digest,
        warnings: [],
      });
  });
});

test('an index digest that pullImage could not use is a usage error', async () => {
  await expect(resolved(ARM, 'linux/arm/v7', 'index')).rejects.toThrow(UsageError);
  await expect(resolved(ARM, 'linux/arm/v7', 'index')).rejects.toThrow('linux/arm/v7');
});

test('what the index does not have, or has in a form that skopeo refuses', async () => {
  await expect(resolved(ARM, 'linux/s390x')).rejects.toThrow(PlatformError);
  await expect(resolved(ARM, 'linux/arm/v5')).rejects.toThrow(
    /no image for linux\/arm\/v5; there are: .*linux\/arm\/v6/,
  );
  const nested = index([{ image: ARM, platform: { os: 'linux', architecture: 'amd64' } }]);
  await expect(resolved(nested, 'linux/amd64')).rejects.toThrow(ManifestError);
  await expect(resolved(nested, 'linux/amd64')).rejects.toThrow(
    /^manifest sha256:\w+ is an index within the index sha256:\w+, .*; name this inner digest in place of the tag$/,
  );
});

test('an entry without a usable digest is a mistake of the index, and is named', async () => {
  const good = index([{ image: ARM, platform: { os: 'linux', architecture: 'amd64' } }]);
  const text = Buffer.from(good.root.bytes)
    .toString()
    .replace(/"sha256:\w+"/, '"sha512:x"');
  const root = { ...good.root, bytes: Buffer.from(text), digest: digestOf(Buffer.from(text)) };
  await expect(resolved({ ...good, root }, 'linux/amd64')).rejects.toThrow(
    new ManifestError(root.digest, "lists an image by 'sha512:x', which is not a sha256 digest"),
  );
});
