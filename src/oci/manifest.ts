import { heavyWork } from '../concurrency/heavy-work.js';
import { PullpinError, printable } from '../errors.js';
import type { Descriptor } from './descriptor.js';
import { type BlobDigest, type Digest, isBlobDigest } from './digest.js';
import type { StoredManifest } from './image-source.js';
import { parseJson } from './json.js';
import { type Fields, fieldsOf } from './manifest-fields.js';
import { readDockerDescriptor, readDockerEntry, readOciDescriptor } from './manifest-structs.js';
import {
  DOCKER_LIST,
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_CONTENT,
  DOCKER_SCHEMA1,
  DOCKER_SCHEMA1_SIGNED,
  isDecompressedLayer,
  OCI_INDEX,
  OCI_MANIFEST,
} from './media-types.js';
import type { Platform } from './platform.js';

/** A manifest that skopeo would refuse. */
export class ManifestError extends PullpinError {
  constructor(
    readonly digest: Digest,
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`manifest ${digest} ${problem}`, options);
  }
}

/** One image: a config and layers. */
export interface ImageManifest {
  readonly type: 'image';
  readonly format: 'oci' | 'docker';
  readonly stored: StoredManifest;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  /** What the manifest says of itself; empty text and 0 where it says nothing. */
  readonly body: { readonly schemaVersion: number; readonly mediaType: string; readonly artifactType: string };
}

/** Bytes of the config and of each distinct layer, as far as the manifest says: what a download costs. */
export function downloadSize({ config, layers }: ImageManifest): number {
  const sizes = new Map([config, ...layers].map(({ digest, size }) => [digest, Math.max(size, 0)]));
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

/** The layers that an archive is put together from; `unpack` is false for one that skopeo puts into it as it is stored. */
export function archiveLayers({ layers }: ImageManifest): { digest: BlobDigest; unpack: boolean }[] {
  return layers.map(({ digest, mediaType }) => ({ digest, unpack: isDecompressedLayer(mediaType) }));
}

/** Whether skopeo fetches a layer from addresses of its own, and not from the registry. */
export function isForeignLayer({ urls = [] }: Descriptor): boolean {
  return urls.some((url) => /^https?:/i.test(url));
}

/** Several images, one for each platform; also called a manifest list. */
export interface ImageIndex {
  readonly type: 'index';
  readonly format: 'oci' | 'docker';
  readonly stored: StoredManifest;
  readonly entries: readonly IndexEntry[];
}

/** Points at one image of an index. Its digest is as written: skopeo looks at it only when the entry is chosen. */
export interface IndexEntry {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
  readonly platform?: Platform | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Reads a manifest as skopeo does: what it is depends on the Content-Type alone, keys match whatever their case, and what belongs to
 * another kind of manifest makes it ambiguous. Throws a ManifestError.
 */
export function parseManifest(stored: StoredManifest): ImageManifest | ImageIndex {
  const kind = KINDS.get(stored.mediaType);
  if (!kind) throw new ManifestError(stored.digest, unknownKind(stored.mediaType));
  try {
    return heavyWork(() => parseKind(stored, kind), stored.bytes.length);
  } catch (cause) {
    if (!(cause instanceof PullpinError)) throw cause;
    throw new ManifestError(stored.digest, `is not what its media type says: ${cause.message}`, { cause });
  }
}

function parseKind(stored: StoredManifest, { type, format, keys }: Kind): ImageManifest | ImageIndex {
  const fields = fieldsOf(parseJson(stored.bytes), '');
  fields.refuse(ESSENTIAL.filter((key) => !keys.includes(key)));
  return type === 'index' ? parseIndex(stored, format, fields) : parseImage(stored, format, fields);
}

interface Kind {
  readonly type: 'index' | 'image';
  readonly format: 'oci' | 'docker';
  readonly keys: readonly string[];
}

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  [OCI_INDEX, { type: 'index', format: 'oci', keys: ['manifests'] }],
  [DOCKER_LIST, { type: 'index', format: 'docker', keys: ['manifests'] }],
  [OCI_MANIFEST, { type: 'image', format: 'oci', keys: ['config', 'layers'] }],
  [DOCKER_MANIFEST, { type: 'image', format: 'docker', keys: ['config', 'layers'] }],
]);

/** The keys by which the kinds of manifests differ (containers/image, ValidateUnambiguousManifestFormat). */
const ESSENTIAL = ['config', 'fsLayers', 'history', 'layers', 'manifests'];

function unknownKind(mediaType: string): string {
  if (mediaType === DOCKER_SCHEMA1 || mediaType === DOCKER_SCHEMA1_SIGNED) {
    return 'has the obsolete docker schema 1, which is not supported: push the image again with a current tool';
  }
  const sent = mediaType === '' ? 'no media type' : `the media type '${printable(mediaType)}'`;
  return `is not a container image: it was sent with ${sent}`;
}

function parseIndex(stored: StoredManifest, format: Kind['format'], fields: Fields): ImageIndex {
  checkTypes(format, fields);
  const read = format === 'oci' ? readOciDescriptor : readDockerEntry;
  const entries = fields.list('manifests', (entry): IndexEntry => {
    const { digest, mediaType, size, annotations, platform } = read(entry);
    return { digest, mediaType, size, annotations, platform };
  });
  return { type: 'index', format, stored, entries };
}

/** Checks the types of the fields that Go decodes and that are not used here. */
function checkTypes(format: Kind['format'], fields: Fields): void {
  fields.integer('schemaVersion');
  fields.text('mediaType');
  if (format === 'oci') fields.texts('annotations');
}

function parseImage(stored: StoredManifest, format: Kind['format'], fields: Fields): ImageManifest {
  checkTypes(format, fields);
  const subject = format === 'oci' ? fields.object('subject') : undefined;
  if (subject) readOciDescriptor(subject);
  const body = {
    schemaVersion: fields.integer('schemaVersion'),
    mediaType: fields.text('mediaType'),
    artifactType: fields.hint('artifactType'),
  };
  const config = parseDescriptor(fields.object('config'), format, 'config');
  const layers = fields.list('layers', (layer) => parseDescriptor(layer, format, layer.where));
  if (format === 'docker') checkDockerImage(body.mediaType, layers);
  return { type: 'image', format, stored, body, config, layers };
}

/** What skopeo asks of a Docker manifest, whatever it is copied to. */
function checkDockerImage(mediaType: string, layers: readonly Descriptor[]): void {
  if (!DOCKER_MANIFEST_CONTENT.has(mediaType)) throw new PullpinError(`its own mediaType is '${printable(mediaType)}'`);
  const odd = layers.find((layer) => !DOCKER_MANIFEST_CONTENT.has(layer.mediaType));
  if (odd) throw new PullpinError(`layer ${odd.digest} has the media type '${printable(odd.mediaType)}'`);
}

function parseDescriptor(fields: Fields | undefined, format: Kind['format'], where: string): Descriptor {
  const read = format === 'oci' ? readOciDescriptor : readDockerDescriptor;
  const { digest = '', mediaType = '', size = 0, urls = [], annotations = {} } = fields ? read(fields) : {};
  if (!isBlobDigest(digest)) throw new PullpinError(`the digest of ${where} is '${printable(digest)}'`);
  return { mediaType, digest, size, urls, annotations };
}
