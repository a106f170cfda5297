import { gzipSync } from 'node:zlib';
import {
  attestation,
  DOCKER,
  type ImageContent,
  type ImageDescription,
  type IndexEntry,
  image,
  index,
  type LayerDescription,
  OCI,
} from './images.js';
import { createRandom, type Random } from './random.js';
import { randomConfig } from './random-config.js';

/** One question for pullpin and for skopeo. */
export interface RandomImage {
  readonly content: ImageContent;
  /** The same image for a skopeo that cannot read zstd: layers that were zstd are gzip, which does not change the archive. */
  readonly withoutZstd: ImageContent;
  readonly finalName: string;
  readonly finalTag: string;
  readonly os: string;
  readonly arch: string;
}

const FINAL_NAMES = [
  'nginx',
  'foo/bar',
  'host/name',
  'localhost',
  'localhost/a',
  'docker.io/nginx',
  'index.docker.io/nginx',
  'registry-1.docker.io/library/nginx',
  'quay.io/nginx',
  '127.0.0.1:5000/x/y',
  'Host:80/name',
  'HOST.example/name',
  'a__b/c-d.e--f',
  `${'a'.repeat(60)}/${'b'.repeat(60)}`,
  `ghcr.io/${'c'.repeat(247)}`,
];
const BAD_FINAL_NAMES = [
  'Nginx',
  'Host/name',
  'quay.io/Foo',
  'a___b',
  'a..b',
  'a-',
  'a:80',
  '-a',
  'a//b',
  '',
  '/a',
  'a/',
  '@a',
];
const MORE_BAD_FINAL_NAMES = [
  'a b',
  'caf\u00e9',
  `ghcr.io/${'c'.repeat(248)}`,
  'a'.repeat(300),
  'localhost:x/a',
  'a@b',
];
const TAGS = ['latest', '1', 'V1', '_x', '7.10', 'a.b-c_d', 't'.repeat(128)];
const BAD_TAGS = ['-x', '.x', '', 't'.repeat(129), 'a b', 'a/b', '\u00e9', `1@sha256:${'0'.repeat(64)}`];

/** The image of a seed: everything the archive's specification speaks of, mixed by chance, within what docker-registry stores. */
export function randomImage(seed: number): RandomImage {
  const random = createRandom(seed);
  const wanted = {
    os: random.chance(0.95) ? 'linux' : 'windows',
    arch: random.pick(['amd64', 'amd64', 'arm64', 'arm']),
  };
  const build = random.chance(0.4) ? randomIndex(random, wanted) : randomSingle(random);
  const bad = random.chance(0.04);
  return {
    content: build((layer) => layer),
    withoutZstd: build(inGzip),
    finalName: random.pick(bad ? [...BAD_FINAL_NAMES, ...MORE_BAD_FINAL_NAMES] : FINAL_NAMES),
    finalTag: random.pick(random.chance(0.03) ? BAD_TAGS : TAGS),
    ...wanted,
  };
}

type Builder = (adapt: (layer: LayerDescription) => LayerDescription) => ImageContent;

function inGzip(layer: LayerDescription): LayerDescription {
  if (layer.compression !== 'zstd') return layer;
  return { ...layer, compression: 'gzip', mediaType: `${OCI.layer}+gzip` };
}

function randomSingle(random: Random, kind = random.pick(['oci', 'docker'] as const)): Builder {
  const config = randomConfig(random);
  const layers = randomLayers(random, kind);
  // A config that is a layer as well; skopeo refuses the pair.
  if (random.chance(0.02)) layers.push({ bytes: config, compression: 'none' });
  const description: ImageDescription = {
    kind,
    config,
    layers,
    ...(random.chance(0.03) && { configDescriptor: { size: config.length + 1 } }),
    ...(random.chance(0.03) && { configDescriptor: { mediaType: random.pick([DOCKER.config, 'application/json']) } }),
    ...(random.chance(0.1) && { manifest: { annotations: { note: '<&>' } } }),
  };
  return (adapt) => image({ ...description, layers: layers.map(adapt) });
}

function randomLayers(random: Random, kind: 'oci' | 'docker'): LayerDescription[] {
  const count = random.chance(0.03) ? random.integer(40, 100) : random.integer(0, 6);
  // Docker's zstd type is taken by new skopeos only, and stored as it is.
  const compressions =
    kind === 'oci' ? (['none', 'gzip', 'gzip members', 'zstd'] as const) : (['none', 'gzip', 'gzip members'] as const);
  const layers = Array.from({ length: count }, (): LayerDescription => {
    const bytes = randomBytes(random);
    const compression = random.pick(compressions);
    const mediaType = compression === 'zstd' || random.chance(0.8) ? undefined : randomMediaType(random, kind);
    return { bytes, compression, ...(mediaType !== undefined && { mediaType }) };
  });
  const repeated = random.chance(0.2) ? layers.slice(0, random.integer(1, 3)) : [];
  for (const layer of repeated) {
    const isRetyped = layer.compression !== 'zstd' && random.chance(0.3);
    layers.push(isRetyped ? { ...layer, mediaType: randomMediaType(random, kind) } : layer);
  }
  if (random.chance(0.05)) layers.push(...random.pick([oddGzip, twiceCompressed])(random));
  return layers;
}

function randomBytes(random: Random): Uint8Array {
  const length = random.pick([0, 1, 6, 510, 511, 512, 513, 1023, 1024, 1025, random.integer(0, 5000), 70_000]);
  if (random.chance(0.03))
    return Buffer.from(random.pick(['BZh9 no bzip2', '\xfd7zXZ\0 no xz', '\x1f\x8b\x07', 'BZ']), 'latin1');
  return random.chance(0.5) ? random.bytes(length) : Buffer.alloc(length, random.integer(0, 255));
}

/** Gzip streams whose end only a careful decoder judges as skopeo does. */
function oddGzip(random: Random): LayerDescription[] {
  const member = gzipSync(random.bytes(random.integer(0, 2000)));
  const bytes = random.pick([
    Buffer.concat([member, Buffer.alloc(512)]),
    Buffer.concat([member, Buffer.from('garbage')]),
    Buffer.concat([member, gzipSync('')]),
    member.subarray(0, -8),
    member.subarray(0, -4),
    member.subarray(0, -12),
  ]);
  return [{ bytes, compression: 'none' }];
}

/** Two layers, the second stored under the digest that the first has when it is decompressed. */
function twiceCompressed(random: Random): LayerDescription[] {
  const bytes = random.bytes(random.integer(1, 1000));
  const layers: LayerDescription[] = [{ bytes: gzipSync(bytes) }, { bytes }];
  return random.chance(0.5) ? layers : layers.reverse();
}

function randomMediaType(random: Random, kind: 'oci' | 'docker'): string {
  const good =
    kind === 'oci'
      ? [OCI.layer, `${OCI.layer}+gzip`]
      : [DOCKER.layer, `${DOCKER.layer}.gzip`, DOCKER.config, DOCKER.manifest];
  const refused = [
    `${OCI.layer}+bzip2`,
    'application/vnd.in-toto+json',
    'application/octet-stream',
    kind === 'oci' ? `${DOCKER.layer}.gzip` : `${OCI.layer}+gzip`,
  ];
  return random.pick(random.chance(0.8) ? good : refused);
}

function randomIndex(random: Random, wanted: { readonly os: string; readonly arch: string }): Builder {
  const kind = random.chance(0.7) ? 'oci' : 'docker';
  const entries = Array.from({ length: random.integer(0, 7) }, () => {
    const build = randomSingle(random, kind);
    const platform = randomPlatform(random, wanted, kind);
    const isNested = random.chance(0.03);
    return { build: isNested ? nested(build) : build, platform, isAttested: kind === 'oci' && random.chance(0.2) };
  });
  return (adapt) =>
    index(
      entries.flatMap(({ build, platform, isAttested }): IndexEntry[] => {
        const content = build(adapt);
        const entry = { image: content, ...(platform !== undefined && { platform }) };
        return isAttested ? [attestation(content), entry] : [entry];
      }),
      kind,
    );
}

function nested(build: Builder): Builder {
  return (adapt) => index([{ image: build(adapt), platform: { os: 'linux', architecture: 'amd64' } }]);
}

function randomPlatform(
  random: Random,
  wanted: { readonly os: string; readonly arch: string },
  kind: 'oci' | 'docker',
): Readonly<Record<string, unknown>> | null | undefined {
  if (kind === 'oci' && random.chance(0.1)) return random.pick([undefined, null, {}]);
  const variant = random.pick([undefined, undefined, '', 'v1', 'v4', 'v5', 'v6', 'v7', 'v8', 'v9']);
  return {
    os: random.chance(0.85) ? wanted.os : random.pick(['linux', 'windows', 'Linux', '']),
    architecture: random.chance(0.6) ? wanted.arch : random.pick(['amd64', 'arm64', 'arm', '386', 'AMD64', 'unknown']),
    ...(variant !== undefined && { variant }),
    ...(random.chance(0.1) && { 'os.version': '10.0.20348.1' }),
  };
}
