import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { PullpinError } from '../../../src/errors.js';
import type { ImageSource } from '../../../src/oci/image-source.js';
import { type ImageManifest, parseManifest } from '../../../src/oci/manifest.js';
import { BlobMismatchError, digestOf } from '../../../src/oci/verified.js';
import { ImageRefusedError } from '../../../src/prefetch/image/refusals.js';
import { prefetchNar } from '../../../src/prefetch/targets/nar.js';
import type { Prefetched } from '../../../src/prefetch/targets/target.js';
import { type ImageContent, type ImageDescription, image, OCI } from '../../support/images.js';
import { memorySource } from '../../support/memory-source.js';
import { createRandom } from '../../support/random.js';
import { watched } from '../../support/watched-source.js';
import { wholeNar } from '../../support/whole-archive.js';

const C1 = '{"architecture":"amd64","os":"linux"}';
const H = Buffer.from('hello\n');

function manifestOf(content: ImageContent): ImageManifest {
  const manifest = parseManifest(content.root);
  if (manifest.type !== 'image') throw new TypeError('not an image');
  return manifest;
}

function prefetch(content: ImageContent, source: ImageSource = memorySource(content)): Promise<Prefetched> {
  return prefetchNar({ source, manifest: manifestOf(content), temporaryFolder: '/nowhere' });
}

/** A manifest in the key order of the vectors, which `image` does not have. */
function vector(config: string, layers: readonly { mediaType: string; bytes: Uint8Array }[]): ImageContent {
  const described = [{ mediaType: OCI.config, bytes: Buffer.from(config) }, ...layers].map(({ mediaType, bytes }) => ({
    mediaType,
    size: bytes.length,
    digest: digestOf(bytes),
  }));
  const [first, ...others] = described;
  const manifest = { schemaVersion: 2, mediaType: OCI.manifest, config: first, layers: others };
  const bytes = Buffer.from(JSON.stringify(manifest));
  const root = { bytes, mediaType: OCI.manifest, digest: digestOf(bytes) };
  const blobs = new Map(
    [Buffer.from(config), ...layers.map(({ bytes }) => bytes)].map((blob) => [digestOf(blob), blob]),
  );
  return { root, manifests: [root], blobs };
}

const HELLO_GZIP = Buffer.from('H4sIAAAAAAACA8tIzcnJ5wIAIDA6NgYAAAA=', 'base64');

/** The hashes were taken by nix-hash of what skopeo wrote. */
test.each([
  [
    'null',
    vector('null', [{ mediaType: OCI.layer, bytes: H }]),
    '2cbe1a1a2820785085b46c02984d73f5cb011c8ea6dd92e28adaa06ddbd6fad3',
  ],
  [
    'zero',
    vector('{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}', []),
    '65e6ba84b43b653ce2084ee2774545b1a4dca099f24ce9bf828116908eb306f4',
  ],
  [
    'one',
    vector(C1, [{ mediaType: `${OCI.layer}+gzip`, bytes: HELLO_GZIP }]),
    'b49ccd5af441cf40726ffc662498f4568452cd3c08e9a194a500b0d2f844a056',
  ],
])('the NAR of the folder that skopeo writes: %s', async (_, content, sha256) => {
  expect((await prefetch(content)).sha256).toBe(`sha256:${sha256}`);
  expect(gunzipSync(HELLO_GZIP).equals(H)).toBe(true);
});

test('a plain implementation of the specification agrees on 200 seeded images with any sizes in their manifests', async () => {
  for (let seed = 0; seed < 200; seed += 1) {
    const random = createRandom(seed);
    const layers = Array.from({ length: random.integer(0, 6) }, () => ({
      bytes: random.bytes(random.pick([0, 1, 7, 8, 9, 3000])),
      compression: random.pick(['none', 'gzip'] as const),
      mediaType: random.pick([OCI.layer, 'application/vnd.in-toto+json', '']),
      ...(random.chance(0.3) && { descriptor: { size: random.pick([-1, 0, 5, 2 ** 40]) } }),
    }));
    const repeated = layers.filter(() => random.chance(0.2));
    const config = { bytes: Buffer.from(C1), compression: 'none' as const, mediaType: OCI.layer };
    const all = [...layers, ...repeated, ...(random.chance(0.1) ? [config] : [])];
    const content = image({ config: C1, layers: all });
    const nar = wholeNar(content);
    const { sha256, size } = await prefetch(content);
    expect({ seed, sha256, size }).toEqual({ seed, sha256: digestOf(nar), size: nar.length });
  }
});

test('each blob is downloaded once, in the order of the names, when its size is right', async () => {
  const content = image({ config: C1, layers: [H, Buffer.from('a'), H].map((bytes) => ({ bytes })) });
  const source = watched(memorySource(content));
  await prefetch(content, source);
  expect(source.opened).toHaveLength(3);
});

describe('what skopeo refuses', () => {
  test.each<[string, ImageDescription, typeof PullpinError, RegExp]>([
    [
      'a config of the wrong size',
      { config: C1, layers: [], configDescriptor: { size: 1 } },
      ImageRefusedError,
      /37 bytes where the manifest says 1/,
    ],
    [
      'a layer named by sha512',
      { config: C1, layers: [{ bytes: H, descriptor: { digest: `sha512:${'0'.repeat(128)}` } }] },
      ImageRefusedError,
      /not named by a sha256 digest/,
    ],
    [
      'a config named by sha512',
      { config: C1, layers: [], configDescriptor: { digest: `sha512:${'0'.repeat(128)}` } },
      ImageRefusedError,
      /not named by a sha256 digest/,
    ],
    [
      'a table of contents without a digest',
      {
        config: C1,
        layers: [{ bytes: H, descriptor: { annotations: { 'containerd.io/snapshot/stargz/toc.digest': '' } } }],
      },
      ImageRefusedError,
      /where a digest belongs/,
    ],
  ])('%s', async (_, description, kind, words) => {
    const failure = await prefetch(image(description)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(kind);
    expect((failure as Error).message).toMatch(words);
  });

  test('a damaged layer of any size', async () => {
    for (const size of [undefined, 3]) {
      const content = image({
        config: C1,
        layers: [{ bytes: H, descriptor: { ...(size !== undefined && { size }) } }, { bytes: Buffer.from('b') }],
      });
      const [layer] = manifestOf(content).layers;
      const blob: ImageSource['blob'] = async function* (descriptor) {
        if (descriptor.digest !== layer?.digest) return yield* memorySource(content).blob(descriptor);
        yield Buffer.from('bad');
      };
      const source = watched(memorySource(content), { blob });
      await expect(prefetch(content, source)).rejects.toThrow(BlobMismatchError);
      await sleep(1);
      expect(source.open).toBe(0);
    }
  });
});

test('an artifact that is not a container image has a folder, too', async () => {
  const content = image({
    config: '{}',
    layers: [{ bytes: H, compression: 'none', mediaType: 'text/plain' }],
    configDescriptor: { mediaType: 'application/vnd.oci.empty.v1+json' },
  });
  expect((await prefetch(content)).sha256).toBe(digestOf(wholeNar(content)));
});
