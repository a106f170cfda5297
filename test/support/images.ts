import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import type { Digest } from '../../src/oci/digest.js';
import type { StoredManifest } from '../../src/oci/image-source.js';
import { digestOf } from '../../src/oci/verified.js';

/** How a layer's bytes are stored; `gzip members` are two gzip streams behind each other, `gzip stored` is the same on every zlib. */
export type Compression = 'none' | 'gzip' | 'gzip members' | 'gzip stored' | 'zstd';

export interface LayerDescription {
  readonly bytes: Uint8Array;
  readonly compression?: Compression;
  /** The kind's usual type for the compression when absent. */
  readonly mediaType?: string;
  /** Fields to add to the descriptor, or to put in place of the right ones. */
  readonly descriptor?: Readonly<Record<string, unknown>>;
}

export interface ImageDescription {
  readonly layers: readonly LayerDescription[];
  /** Stored byte for byte. */
  readonly config: string | Uint8Array;
  readonly kind?: 'oci' | 'docker';
  /** Fields to add to the config's descriptor, or to put in place of the right ones. */
  readonly configDescriptor?: Readonly<Record<string, unknown>>;
  /** Fields to add to the manifest, or to put in place of the right ones. */
  readonly manifest?: Readonly<Record<string, unknown>>;
}

/** Everything a registry or a layout stores of an image: `root` is what a tag points at, and the last of `manifests`; children come first. */
export interface ImageContent {
  readonly root: StoredManifest;
  readonly manifests: readonly StoredManifest[];
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
}

export interface IndexEntry {
  readonly image: ImageContent;
  /** Absent or null as given; both are legal. */
  readonly platform?: Readonly<Record<string, unknown>> | null;
  readonly annotations?: Readonly<Record<string, string>>;
}

export const OCI = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
} as const;

export const DOCKER = {
  index: 'application/vnd.docker.distribution.manifest.list.v2+json',
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar',
} as const;

const SUFFIX = {
  oci: { none: '', gzip: '+gzip', 'gzip members': '+gzip', 'gzip stored': '+gzip', zstd: '+zstd' },
  docker: { none: '', gzip: '.gzip', 'gzip members': '.gzip', 'gzip stored': '.gzip', zstd: '.zstd' },
} as const satisfies Record<'oci' | 'docker', Record<Compression, string>>;

/** An image of one platform. */
export function image(description: ImageDescription): ImageContent {
  const { kind = 'oci' } = description;
  const types = kind === 'oci' ? OCI : DOCKER;
  const blobs = new Map<Digest, Uint8Array>();
  const store = (bytes: Uint8Array, mediaType: string, fields: Readonly<Record<string, unknown>> = {}) => {
    const digest = digestOf(bytes);
    blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length, ...fields };
  };
  const bytes = typeof description.config === 'string' ? Buffer.from(description.config) : description.config;
  const config = store(bytes, types.config, description.configDescriptor);
  const layers = description.layers.map(({ bytes, compression = 'gzip', mediaType, descriptor }) =>
    store(compress(bytes, compression), mediaType ?? types.layer + SUFFIX[kind][compression], descriptor),
  );
  const root = stored(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config,
    layers,
    ...description.manifest,
  });
  return { root, manifests: [root], blobs };
}

/** An OCI index, or a docker manifest list, of images. */
export function index(entries: readonly IndexEntry[], kind: 'oci' | 'docker' = 'oci'): ImageContent {
  const mediaType = (kind === 'oci' ? OCI : DOCKER).index;
  const manifests = entries.map(({ image: { root }, ...rest }) => ({
    mediaType: root.mediaType,
    digest: root.digest,
    size: root.bytes.length,
    ...rest,
  }));
  const root = stored(mediaType, { schemaVersion: 2, mediaType, manifests });
  return {
    root,
    manifests: [...entries.flatMap((entry) => entry.image.manifests), root],
    blobs: new Map(entries.flatMap((entry) => [...entry.image.blobs])),
  };
}

/** A small Linux image of one layer, which has this text. */
export function textImage(text: string, architecture = 'amd64', created = '2026-01-01T00:00:00Z'): ImageContent {
  return image({
    config: JSON.stringify({ architecture, os: 'linux', created }),
    layers: [{ bytes: Buffer.from(text) }],
  });
}

/** An index of two such images, for amd64 and arm64. */
export function textImages(text: string): ImageContent {
  return index(
    ['amd64', 'arm64'].map((architecture) => ({
      image: textImage(`${text} ${architecture}`, architecture),
      platform: { os: 'linux', architecture },
    })),
  );
}

/** What `docker buildx` puts beside an image: a manifest of an in-toto statement for the platform unknown/unknown. */
export function attestation(of: ImageContent): IndexEntry {
  const statement = JSON.stringify({
    _type: 'https://in-toto.io/Statement/v0.1',
    subject: [{ digest: of.root.digest }],
  });
  const content = image({
    config: '{"architecture":"unknown","os":"unknown","config":{},"rootfs":{"type":"layers","diff_ids":[]}}',
    layers: [{ bytes: Buffer.from(statement), compression: 'none', mediaType: 'application/vnd.in-toto+json' }],
  });
  return {
    image: content,
    platform: { architecture: 'unknown', os: 'unknown' },
    annotations: {
      'vnd.docker.reference.digest': of.root.digest,
      'vnd.docker.reference.type': 'attestation-manifest',
    },
  };
}

export function compress(bytes: Uint8Array, compression: Compression): Uint8Array {
  switch (compression) {
    case 'none':
      return bytes;
    case 'gzip':
      return gzipSync(bytes);
    case 'gzip members': {
      const middle = bytes.length >> 1;
      return Buffer.concat([gzipSync(bytes.subarray(0, middle)), gzipSync(bytes.subarray(middle))]);
    }
    case 'gzip stored': {
      const member = gzipSync(bytes, { level: 0 });
      // RFC 1952, 2.3.1: the operating system, which Node's versions fill in differently.
      member[9] = 255;
      return member;
    }
    case 'zstd':
      return execFileSync('zstd', ['-q', '-c', '--check'], { input: bytes, maxBuffer: 2 ** 28 });
  }
}

function stored(mediaType: string, body: unknown): StoredManifest {
  const bytes = Buffer.from(JSON.stringify(body));
  return { bytes, mediaType, digest: digestOf(bytes) };
}
