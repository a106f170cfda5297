import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type ArchiveName, archiveName } from '../../../../src/archive/docker-archive.js';
import { PullpinError } from '../../../../src/errors.js';
import type { ImageSource } from '../../../../src/oci/image-source.js';
import { type ImageManifest, parseManifest } from '../../../../src/oci/manifest.js';
import { BlobMismatchError, digestOf } from '../../../../src/oci/verified.js';
import { SpoolError } from '../../../../src/prefetch/download/spool.js';
import { ImageRefusedError } from '../../../../src/prefetch/image/refusals.js';
import { prefetchDockerArchive } from '../../../../src/prefetch/targets/docker-archive/docker-archive.js';
import { LayerError } from '../../../../src/prefetch/targets/docker-archive/layer.js';
import type { Prefetched, PrefetchRequest } from '../../../../src/prefetch/targets/target.js';
import { compress, DOCKER, type ImageContent, type ImageDescription, image, OCI } from '../../../support/images.js';
import { memorySource } from '../../../support/memory-source.js';
import { createRandom, type Random } from '../../../support/random.js';
import { randomConfig } from '../../../support/random-config.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { watched } from '../../../support/watched-source.js';
import { wholeArchive } from '../../../support/whole-archive.js';

const MIB = 1024 * 1024;
const C1 = '{"architecture":"amd64","os":"linux"}';
const H = Buffer.from('hello\n');
const W = Buffer.from('world\n');
const NAME = archiveName('example/image', '1');
const folder = temporaryFolder();

function manifestOf(content: ImageContent): ImageManifest {
  const manifest = parseManifest(content.root);
  if (manifest.type !== 'image') throw new TypeError('not an image');
  return manifest;
}

async function prefetchNamed(request: PrefetchRequest, name: ArchiveName): Promise<Prefetched> {
  return (await prefetchDockerArchive(request)).ended({ name });
}

function prefetch(content: ImageContent, source: ImageSource = memorySource(content)): Promise<Prefetched> {
  return prefetchNamed({ source, manifest: manifestOf(content), temporaryFolder: folder }, NAME);
}

function expected(content: ImageContent) {
  const archive = wholeArchive(content, NAME.name, NAME.tag);
  return { sha256: digestOf(archive), size: archive.length };
}

function configOf(diffIds: readonly string[], fields = {}): string {
  return JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: diffIds },
    ...fields,
  });
}

/** What is refused is refused with one line that names the trouble, and nothing stays open or on disk. */
async function expectRefusal(
  content: ImageContent,
  kind: abstract new (...args: never[]) => PullpinError,
  words: RegExp,
  changes: Partial<ImageSource> = {},
): Promise<void> {
  const source = watched(memorySource(content), changes);
  const failure = await prefetch(content, source).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(kind);
  expect((failure as PullpinError).message).toMatch(words);
  expect((failure as PullpinError).message).not.toMatch(/[\n\p{C}]/u);
  await new Promise((resolve) => setImmediate(resolve));
  expect(source.open).toBe(0);
  expect(readdirSync(folder)).toEqual([]);
}

describe('the hash is that of the archive that skopeo writes', () => {
  describe('a large image, which another thread decompresses', () => {
    const noise = Buffer.from(createRandom(3).bytes(5 * MIB));
    // This is what the manifest says; neither skopeo nor Nix checks it.
    const descriptor = { size: 100 * MIB };
    const layers = [
      { bytes: noise, compression: 'gzip', descriptor },
      { bytes: W, compression: 'none' },
      { bytes: noise.subarray(0, 3 * MIB), compression: 'gzip members' },
      { bytes: Buffer.concat([noise.subarray(MIB, 2 * MIB), H]), compression: 'zstd' },
    ] as const;
    const diffIds = layers.map(({ bytes }) => digestOf(bytes));

    test.each([
      ['right', configOf(diffIds)],
      ['wrong', configOf(diffIds.toReversed())],
      ['absent', C1],
    ])('where the config is %s about its layers', async (_, config) => {
      const content = image({ config, layers });
      const started: unknown[] = [];
      const note = (worker: unknown): void => void started.push(worker);
      process.on('worker', note);
      expect(await prefetch(content)).toMatchObject(expected(content));
      process.off('worker', note);
      expect(started).toHaveLength(1);
    });

    test('is refused with the name of the damaged layer', async () => {
      const damaged = Buffer.from(gzipSync(noise));
      damaged.fill(0, damaged.length - 8, damaged.length - 4);
      const mediaType = `${OCI.layer}+gzip`;
      const layer = { bytes: damaged, compression: 'none', mediaType, descriptor } as const;
      const content = image({ config: C1, layers: [layers[2], layer] });
      await expectRefusal(content, LayerError, /^layer sha256:\w+: gzip: .*checksum does not match/);
    });
  });

  test.each([
    ['no layers', [], 4096, 'dce54605ef1c610fd99fa95063d6954683f50d194fbeff97a83e0bec5b8174fe', 'example/zero:1'],
    ['one layer', [H], 7680, '3de76e58842a50af2409cd27961b77ab98e3a51a7221d21919c214acde1e7be1', 'example/one:1'],
    ['two layers', [H, W], 11264, '69d7760646fdfa05182bf0e68486505f3c421d6c1ee2f4edd7537674b26502d9', 'example/two:1'],
    [
      'a repeated layer',
      [H, W, H],
      13824,
      '55a5503c4c37c5ad9857fb8e9f54990e220fc9410c2437a6ccb6f0cfa5937de0',
      'example/dup:1',
    ],
  ] as const)('%s', async (_, layers, size, sha256, name) => {
    const config =
      layers.length > 0 ? C1 : '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}';
    const [finalName = '', finalTag = ''] = name.split(':');
    for (const compression of ['none', 'gzip', 'gzip members', 'zstd'] as const) {
      const content = image({ config, layers: layers.map((bytes) => ({ bytes, compression })) });
      // skopeo refuses a layer that is called zstd and is not; these are.
      const request = { source: memorySource(content), manifest: manifestOf(content), temporaryFolder: folder };
      const { sha256: actual, size: length } = await prefetchNamed(request, archiveName(finalName, finalTag));
      expect({ compression, actual, length }).toEqual({ compression, actual: `sha256:${sha256}`, length: size });
    }
  });

  test('a plain implementation of the specification agrees on 300 seeded images with any size hints', async () => {
    let refused = 0;
    for (let seed = 0; seed < 300; seed += 1) {
      const content = image(randomDescription(createRandom(seed)));
      let wanted: { sha256: string; size: number } | 'refused' = 'refused';
      try {
        wanted = expected(content);
      } catch {
        refused += 1;
      }
      const source = createRandom(seed).chance(0.3)
        ? { ...memorySource(content), blobEnd: async () => undefined }
        : memorySource(content);
      const actual = await prefetch(content, source).then(
        ({ sha256, size }) => ({ sha256, size }),
        (error: unknown) => (error instanceof PullpinError ? 'refused' : error),
      );
      expect({ seed, result: actual }).toEqual({ seed, result: wanted });
    }
    expect(refused).toBeGreaterThan(5);
    expect(refused).toBeLessThan(100);
  });
});

/** Layers of every kind, with hints that are right, wrong or missing. */
function randomDescription(random: Random): ImageDescription {
  const kind = random.pick(['oci', 'docker'] as const);
  const layers = Array.from({ length: random.integer(0, 6) }, () => {
    const bytes = random.chance(0.1) ? gzipSync(H) : random.bytes(random.pick([0, 1, 511, 512, 513, 4000]));
    const compression = random.pick(
      kind === 'oci'
        ? (['none', 'gzip', 'gzip members', 'zstd'] as const)
        : (['none', 'gzip', 'gzip members'] as const),
    );
    const size = random.pick([undefined, undefined, 0, -1, 1, 10 ** 12]);
    const types = kind === 'oci' ? [OCI.layer, `${OCI.layer}+zstd`] : [DOCKER.config, `${DOCKER.layer}.zstd`];
    return {
      bytes,
      compression,
      ...(random.chance(0.15) && { mediaType: random.pick(types) }),
      ...(size !== undefined && { descriptor: { size } }),
    };
  });
  const repeated = layers.filter(() => random.chance(0.2)).map((layer) => ({ ...layer }));
  const all = [...layers, ...repeated];
  const diffIds = all.map(({ bytes }) => digestOf(bytes));
  const hints = random.pick([
    diffIds,
    diffIds,
    diffIds.toReversed(),
    diffIds.slice(1),
    diffIds.map(() => 'nonsense'),
    [],
  ]);
  return { kind, layers: all, config: random.chance(0.5) ? randomConfig(random) : configOf(hints) };
}

describe('a wrong hint costs a second reading, never a wrong hash', () => {
  const LAYERS = [H, W, Buffer.alloc(5000, 'x')];
  const RIGHT = LAYERS.map((bytes) => digestOf(bytes));

  test.each([
    ['right', RIGHT, 1],
    ['those of other layers', RIGHT.toReversed(), 2],
    ['missing', [], 1],
    ['too few', RIGHT.slice(1), 1],
    ['no digests', ['a', 'b', 'c'], 1],
  ] as const)('diff_ids that are %s', async (_, diffIds, readings) => {
    const content = image({ config: configOf(diffIds), layers: LAYERS.map((bytes) => ({ bytes })) });
    const source = watched(memorySource(content));
    expect(await prefetch(content, source)).toMatchObject(expected(content));
    const [first] = manifestOf(content).layers;
    expect(source.opened.filter((digest) => digest === first?.digest)).toHaveLength(readings);
  });

  test.each([['none'], ['gzip'], ['zstd']] as const)('the size of a layer with compression %s', async (compression) => {
    for (const size of [-1, 0, 1, 4999, 5001, 2 ** 40, undefined]) {
      const descriptor = { size };
      const layers = LAYERS.map((bytes) => ({ bytes, compression, descriptor }));
      const content = image({ config: configOf(RIGHT), layers });
      expect({ hint: size, ...(await prefetch(content)) }).toMatchObject({ hint: size, ...expected(content) });
    }
  });

  test.each([['gzip'], ['gzip members'], ['zstd']] as const)(
    'of a layer of 3 MiB with compression %s',
    async (compression) => {
      const bytes = createRandom(1).bytes(3 * MIB);
      const content = image({ config: configOf([digestOf(bytes)]), layers: [{ bytes, compression }] });
      const wanted = expected(content);
      expect(await prefetch(content)).toMatchObject(wanted);
      const ends: ImageSource['blobEnd'][] = [
        async () => undefined,
        async () => Uint8Array.of(1, 2, 3, 4),
        async () => Uint8Array.of(1),
        async () => {
          throw new PullpinError('no range');
        },
      ];
      for (const blobEnd of ends)
        expect(await prefetch(content, { ...memorySource(content), blobEnd })).toMatchObject(wanted);
    },
  );

  test('a zstd layer whose header does not give its size', async () => {
    const { execFileSync } = await import('node:child_process');
    const bytes = execFileSync('zstd', ['-q', '-c', '--no-content-size'], { input: Buffer.alloc(2 * MIB, 'ab') });
    const content = image({
      config: configOf([digestOf(Buffer.alloc(2 * MIB, 'ab'))]),
      layers: [{ bytes, compression: 'none', mediaType: `${OCI.layer}+zstd` }],
    });
    expect(await prefetch(content)).toMatchObject(expected(content));
  });
});

describe('each content is written once', () => {
  test('a layer that is listed twice is downloaded once', async () => {
    const layer = { bytes: H };
    const content = image({ config: C1, layers: [layer, { bytes: W }, layer, layer] });
    const source = watched(memorySource(content));
    expect(await prefetch(content, source)).toMatchObject(expected(content));
    expect(source.opened).toHaveLength(3);
  });

  test('a stored layer that an earlier one decompresses to is not decompressed itself', async () => {
    const inner = gzipSync(H);
    const [outer, stored] = [{ bytes: inner }, { bytes: inner, compression: 'none' as const }];
    for (const layers of [
      [outer, stored],
      [stored, outer],
    ]) {
      const content = image({ config: C1, layers });
      expect(await prefetch(content)).toMatchObject(expected(content));
    }
    const twice = await prefetch(image({ config: C1, layers: [outer, stored] }));
    expect(twice.size).toBe(expected(image({ config: C1, layers: [outer, outer] })).size);
  });

  test('the same, called zstd, is decompressed after all', async () => {
    const inner = compress(H, 'zstd');
    const layers = [{ bytes: inner }, { bytes: inner, compression: 'none' as const, mediaType: `${OCI.layer}+zstd` }];
    const content = image({ config: C1, layers });
    expect(await prefetch(content)).toMatchObject(expected(content));
    expect((await prefetch(content)).size).toBeGreaterThan(expected(image({ config: C1, layers: [layers[0]!] })).size);
  });

  test('one blob under two media types is written in both forms, unless it is there as it was sent', async () => {
    const layer = { bytes: H, compression: 'gzip' as const };
    const asItIs = { ...layer, mediaType: DOCKER.config };
    const sizes: number[] = [];
    for (const layers of [
      [layer, asItIs],
      [asItIs, layer],
    ]) {
      const content = image({ kind: 'docker', config: C1, layers });
      expect(await prefetch(content)).toMatchObject(expected(content));
      sizes.push(expected(content).size);
    }
    expect(sizes[0]).toBeGreaterThan(sizes[1] ?? 0);
  });

  test('a layer with an unusual Docker media type is not decompressed', async () => {
    const content = image({ kind: 'docker', config: C1, layers: [{ bytes: H, mediaType: `${DOCKER.layer}.zstd` }] });
    expect(await prefetch(content)).toMatchObject(expected(content));
    const stored = manifestOf(content).layers[0]?.digest ?? '';
    expect(
      Buffer.from(wholeArchive(content, NAME.name, NAME.tag))
        .subarray(0, 64)
        .toString(),
    ).toBe(stored.slice(7));
  });
});

describe('layers larger than what is kept in memory', () => {
  test('of 40 MiB whose sizes are not known in advance leave no file in the temporary folder', async () => {
    const bytes = Buffer.alloc(40 * MIB, createRandom(2).bytes(65_536));
    const member = compress(bytes, 'gzip stored');
    const layers = [{ bytes: member, compression: 'none' as const, mediaType: `${OCI.layer}+gzip` }, { bytes: H }];
    const content = image({ config: C1, layers });
    const source = watched(memorySource(content));
    expect(await prefetch(content, source)).toMatchObject(expected(content));
    expect(source.opened).toHaveLength(3);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that have no room there are an error that says how to make room', async () => {
    const member = compress(Buffer.alloc(33 * MIB), 'gzip stored');
    const content = image({
      config: C1,
      layers: [{ bytes: member, compression: 'none', mediaType: `${OCI.layer}+gzip` }],
    });
    const gone = join(temporaryFolder(), 'gone');
    const request = { source: memorySource(content), manifest: manifestOf(content), temporaryFolder: gone };
    const failure = await prefetchNamed(request, NAME).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SpoolError);
    expect((failure as Error).message).toMatch(/cannot be kept in .*gone.*TMPDIR/);
    mkdirSync(gone);
    expect(await prefetchNamed(request, NAME)).toMatchObject(expected(content));
  });

  test('one layer larger than the window for reading ahead, between small ones', async () => {
    const large = Buffer.alloc(20 * MIB, createRandom(3).bytes(65_536));
    const layers = [H, large, W].map((bytes) => ({ bytes, compression: 'none' as const }));
    const content = image({ config: C1, layers });
    expect(await prefetch(content)).toMatchObject(expected(content));
  });
});

describe('what skopeo refuses', () => {
  const layer = { bytes: H };
  const damaged: ImageSource['blob'] = async function* () {
    yield Buffer.from('something else');
  };

  test.each<[string, ImageDescription, RegExp]>([
    [
      'a Helm chart',
      { config: C1, layers: [], configDescriptor: { mediaType: 'application/vnd.cncf.helm.config.v1+json' } },
      /a Helm chart/,
    ],
    [
      'a Docker config in an OCI manifest',
      { config: C1, layers: [], configDescriptor: { mediaType: DOCKER.config } },
      /around a Docker config/,
    ],
    [
      'an artifact that says its type',
      {
        config: '{}',
        layers: [],
        configDescriptor: { mediaType: 'application/vnd.oci.empty.v1+json' },
        manifest: { artifactType: 'application/spdx+json' },
      },
      /a bill of materials \(application\/spdx\+json\)/,
    ],
    [
      'a type with control characters',
      { config: C1, layers: [], configDescriptor: { mediaType: '\u001b[31mred' } },
      /an artifact/,
    ],
    ['bzip2 by media type', { config: C1, layers: [{ ...layer, mediaType: `${OCI.layer}+bzip2` }] }, /\+bzip2'/],
    ['a layer without a media type', { config: C1, layers: [{ ...layer, mediaType: '' }] }, /media type ''/],
    [
      'an odd schemaVersion of Docker',
      { kind: 'docker', config: C1, layers: [], manifest: { schemaVersion: 3 } },
      /schemaVersion is 3/,
    ],
    [
      'an odd mediaType of Docker',
      { kind: 'docker', config: C1, layers: [], manifest: { mediaType: DOCKER.config } },
      /mediaType is 'application\/vnd\.docker\.container/,
    ],
    [
      'a config that is also a layer',
      { config: C1, layers: [{ bytes: Buffer.from(C1), compression: 'none' }] },
      /is also a layer/,
    ],
    [
      'zstd in name only',
      { config: C1, layers: [{ bytes: H, compression: 'none', mediaType: `${OCI.layer}+zstd` }] },
      /called zstd but is not compressed/,
    ],
    ['a config that is not an object', { config: '[]', layers: [layer] }, /not one of a container image: it is array/],
    ['a config that is not JSON', { config: '{"os":"linux",}', layers: [layer] }, /not valid JSON/],
    [
      'a config of the wrong size',
      { config: C1, layers: [layer], configDescriptor: { size: 36 } },
      /has 37 bytes where the manifest says 36/,
    ],
    ['a config above 4 MiB', { config: `"${'x'.repeat(4 * MIB)}"`, layers: [] }, /larger than 4 MiB/],
    [
      'a config above 4 MiB that hides its size',
      { config: `"${'x'.repeat(4 * MIB)}"`, layers: [], configDescriptor: { size: -1 } },
      /larger than 4 MiB/,
    ],
    [
      'two tables of contents',
      {
        config: C1,
        layers: [
          {
            ...layer,
            descriptor: {
              annotations: {
                'io.github.containers.zstd-chunked.manifest-checksum': digestOf('a'),
                'containerd.io/snapshot/stargz/toc.digest': digestOf('a'),
              },
            },
          },
        ],
      },
      /two annotations/,
    ],
    [
      'a table of contents without a digest',
      {
        config: C1,
        layers: [{ ...layer, descriptor: { annotations: { 'containerd.io/snapshot/stargz/toc.digest': 'x\u001b' } } }],
      },
      /where a digest belongs/,
    ],
  ])('%s', async (_, description, words) => {
    await expectRefusal(image(description), ImageRefusedError, words);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['bzip2', Buffer.from('BZh9 and so on'), /bzip2/],
    ['xz', Buffer.from('\xfd7zXZ\0', 'latin1'), /xz/],
    ['a gzip member that is cut', gzipSync(H).subarray(0, -6), /end too early/],
    ['garbage behind gzip', Buffer.concat([gzipSync(H), Buffer.from('garbage')]), /gzip/],
    ['zeros behind gzip', Buffer.concat([gzipSync(H), Buffer.alloc(512)]), /gzip/],
  ])('a layer of %s, named by its digest', async (_, bytes, words) => {
    const content = image({ config: C1, layers: [{ bytes, compression: 'none', mediaType: `${OCI.layer}+gzip` }] });
    await expectRefusal(content, LayerError, words);
    await expectRefusal(content, LayerError, new RegExp(`layer ${digestOf(bytes)}`));
  });

  test('a blob that is not what its digest says: config, first and last layer', async () => {
    const content = image({ config: C1, layers: [{ bytes: H }, { bytes: W, compression: 'none' }] });
    const { config, layers } = manifestOf(content);
    for (const { digest } of [config, ...layers]) {
      const blob: ImageSource['blob'] = (descriptor) =>
        descriptor.digest === digest ? damaged(descriptor) : memorySource(content).blob(descriptor);
      await expectRefusal(content, BlobMismatchError, new RegExp(`blob ${digest} is damaged: the 14 bytes`), { blob });
    }
  });

  test('a download that fails passes on its error, and ends the others', async () => {
    const content = image({ config: C1, layers: [H, W, Buffer.from('third')].map((bytes) => ({ bytes })) });
    const second = manifestOf(content).layers[1]?.digest;
    const blob: ImageSource['blob'] = async function* (descriptor) {
      if (descriptor.digest === second) throw new PullpinError('the connection broke');
      yield* memorySource(content).blob(descriptor);
    };
    await expectRefusal(content, PullpinError, /^the connection broke$/, { blob });
  });

  test('the largest config that is allowed is allowed', async () => {
    const content = image({ config: `"${'x'.repeat(4 * MIB - 2)}"`, layers: [] });
    expect(await prefetch(content)).toMatchObject(expected(content));
    const hidden = image({ config: C1, layers: [{ bytes: H }], configDescriptor: { size: -1 } });
    expect(await prefetch(hidden)).toMatchObject(expected(hidden));
  });

  test('a table of contents may have a digest of any algorithm', async () => {
    const annotations = { 'containerd.io/snapshot/stargz/toc.digest': `sha512:${'0'.repeat(128)}` };
    const content = image({ config: C1, layers: [{ bytes: H, descriptor: { annotations } }] });
    expect(await prefetch(content)).toMatchObject(expected(content));
  });
});

test('one download gives the hash of the archive under any number of names', async () => {
  const content = image({ config: '{"architecture":"amd64","os":"linux"}', layers: [{ bytes: Buffer.from('layer') }] });
  const source = watched(memorySource(content));
  const archive = await prefetchDockerArchive({ source, manifest: manifestOf(content), temporaryFolder: folder });
  const opened = [...source.opened];
  for (const tag of ['1', 'latest', '1']) {
    const whole = wholeArchive(content, NAME.name, tag);
    expect(archive.ended({ name: { ...NAME, tag } })).toMatchObject({ sha256: digestOf(whole), size: whole.length });
  }
  expect(source.opened).toEqual(opened);
});
