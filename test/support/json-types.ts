import type { Digest } from '../../src/oci/digest.js';
import { digestOf } from '../../src/oci/verified.js';
import { DOCKER, type ImageContent, image, index, OCI } from './images.js';

/** One value in one field of a sound manifest; everything else stays as it is. */
export interface TypeCase {
  readonly mediaType: string;
  /** The keys down to it: `config/size`, `layers/0/urls`. */
  readonly field: string;
  /** JSON text. */
  readonly value: string;
}

/** What skopeo does with such a manifest, for each of the two things that Nix fetches. A skopeo that crashes has refused it. */
export interface TypeVerdict extends TypeCase {
  readonly archive: 'taken' | 'refused';
  readonly folder: 'taken' | 'refused';
}

const VALUES = ['null', 'true', '1', '1.5', '"x"', '[]', '{}', '["x"]', '[1]', '{"a":"b"}', '{"a":1}'];
const NUMBERS = ['-1', '0', '1e2', '"1"', '99999999999999999999'];
const OBJECTS = ['{"a":null}', '[{}]'];
const LISTS = ['[null]', '[{}]'];

const PLATFORM = ['architecture', 'os', 'os.version', 'os.features', 'variant', 'features', 'other'];
const DESCRIPTOR = [
  'mediaType',
  'digest',
  'size',
  'urls',
  'annotations',
  'data',
  'artifactType',
  'other',
  'platform',
  ...PLATFORM.map((field) => `platform/${field}`),
];
const of = (place: string): string[] => [place, ...DESCRIPTOR.map((field) => `${place}/${field}`)];
const OF_ALL = [
  'schemaVersion',
  'mediaType',
  'artifactType',
  'annotations',
  'other',
  'subject',
  'subject/digest',
  'subject/size',
];
const OF_IMAGE = [...OF_ALL, ...of('config'), 'layers', ...of('layers/0')];
const OF_INDEX = [...OF_ALL, 'manifests', ...of('manifests/0')];

const FIELDS: readonly (readonly [string, readonly string[]])[] = [
  [OCI.manifest, OF_IMAGE],
  [DOCKER.manifest, OF_IMAGE],
  [OCI.index, OF_INDEX],
  [DOCKER.index, OF_INDEX],
];

/** Every field that Go could decode in a manifest of each media type, with a value of every JSON type. */
export function typeCases(): TypeCase[] {
  return FIELDS.flatMap(([mediaType, fields]) =>
    fields.flatMap((field) => valuesOf(field).map((value) => ({ mediaType, field, value }))),
  );
}

function valuesOf(field: string): string[] {
  const isNumber = /(?:^|\/)(?:size|schemaVersion)$/.test(field);
  const isObject = /(?:^|\/)(?:annotations|platform|subject|config|0)$/.test(field);
  const isList = /(?:^|\/)(?:urls|os.features|features|layers|manifests)$/.test(field);
  return [...VALUES, ...(isNumber ? NUMBERS : []), ...(isObject ? OBJECTS : []), ...(isList ? LISTS : [])];
}

const CONFIG = '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}';
const AMD64 = { os: 'linux', architecture: 'amd64' };
const SUBJECT = { mediaType: OCI.manifest, digest: digestOf(''), size: 0 };

/** The image, or the index around an image, in which a field has been given the value. */
export function contentOf({ mediaType, field, value }: TypeCase): ImageContent {
  const kind = mediaType === OCI.manifest || mediaType === OCI.index ? 'oci' : 'docker';
  const inside = image({
    kind,
    config: CONFIG,
    layers: [{ bytes: Buffer.from('a layer'), compression: 'gzip stored' }],
  });
  const sound =
    mediaType === OCI.index || mediaType === DOCKER.index ? index([{ image: inside, platform: AMD64 }], kind) : inside;
  const body = JSON.parse(Buffer.from(sound.root.bytes).toString());
  const bytes = Buffer.from(JSON.stringify(withValue(body, field.split('/'), '@value@')).replace('"@value@"', value));
  const root = { ...sound.root, bytes, digest: digestOf(bytes) as Digest };
  return { ...sound, root, manifests: [...sound.manifests.slice(0, -1), root] };
}

function withValue(body: unknown, [key = '', ...rest]: readonly string[], value: unknown): unknown {
  if (Array.isArray(body)) return body.map((each, at) => (String(at) === key ? withNext(each, rest, value) : each));
  const object = typeof body === 'object' && body !== null ? body : {};
  const known: unknown = new Map(Object.entries(object)).get(key);
  return {
    ...object,
    [key]: withNext(known ?? (key === 'subject' && rest.length > 0 ? SUBJECT : undefined), rest, value),
  };
}

function withNext(body: unknown, rest: readonly string[], value: unknown): unknown {
  return rest.length === 0 ? value : withValue(body, rest, value);
}
