import { createHash } from 'node:crypto';
import { PullpinError } from '../errors.js';
import { type BlobDigest, hexOf } from '../oci/digest.js';
import { parseJson } from '../oci/json.js';
import { type ArchiveLayout, DOCKER_ARCHIVE_LAYOUT, OLD_ARCHIVE_LAYOUT } from './archive-layout.js';
import { goJson } from './go-json.js';

/** A layer as docker 1.9 and older knew it: a folder with this id, and a JSON file in it. */
export interface LegacyLayer {
  /** 64 hex digits. */
  readonly id: string;
  readonly json: Uint8Array;
}

/** What the last layer's JSON takes from the image's config. */
const CONFIG_KEYS = [
  'architecture',
  'config',
  'container',
  'container_config',
  'created',
  'docker_version',
  'os',
] as const;

/**
 * The legacy layers that skopeo derives from an image (containers/image, docker/internal/tarfile, writeLegacyMetadata): each id is the
 * hash of the layer's JSON, in which the chain of the layers up to it stands. Before skopeo 1.2, the id was that chain itself.
 *
 * @param layers digests of the layers as the archive holds them, duplicates included
 * @param config the exact bytes of the config; not looked at when there is no layer. Throws a PullpinError when it is not a JSON object.
 */
export function legacyLayers(
  layers: readonly BlobDigest[],
  config: Uint8Array,
  layout: ArchiveLayout = DOCKER_ARCHIVE_LAYOUT,
): LegacyLayer[] {
  const fromConfig = layers.length > 0 ? configMembers(config) : [];
  const result: LegacyLayer[] = [];
  let chain: string | undefined;
  for (const [index, layer] of layers.entries()) {
    chain = chain === undefined ? layer : `sha256:${sha256(`${chain} ${layer}`)}`;
    const parent = result.at(-1);
    const members = new Map<string, Uint8Array>([
      ...(parent ? [['parent', quoted(parent.id)] as const] : []),
      ...(index === layers.length - 1 ? fromConfig : []),
    ]);
    const id =
      layout === OLD_ARCHIVE_LAYOUT
        ? chain.replace('sha256:', '')
        : sha256(sortedObject(new Map([...members, ['layer_id', quoted(chain)]])));
    result.push({ id, json: sortedObject(new Map([...members, ['id', quoted(id)]])) });
  }
  return result;
}

/** The name of a layer's file in the archive. */
export function layerFile(digest: BlobDigest): string {
  return `${hexOf(digest)}.tar`;
}

/** For each key that docker 1.9 knew, the last value that the config gives it, else `null`. */
function configMembers(config: Uint8Array): [string, Uint8Array][] {
  const object = parseJson(config);
  if (object.kind !== 'object' && object.kind !== 'null') throw new PullpinError(`it is ${object.kind}, not an object`);
  const values = new Map([...object.members()].map(({ key, value }) => [key, value.source]));
  return CONFIG_KEYS.map((key) => [key, goJson(values.get(key) ?? Buffer.from('null'))]);
}

function sortedObject(members: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = sorted.flatMap(([key, value], index) => [Buffer.from(`${index === 0 ? '{' : ','}"${key}":`), value]);
  return Buffer.concat([...parts, Buffer.from('}')]);
}

/** Ids and digests have nothing to escape. */
function quoted(text: string): Uint8Array {
  return Buffer.from(`"${text}"`);
}

function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}
