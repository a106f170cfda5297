import { printable, UsageError } from '../errors.js';
import { type BlobDigest, type Digest, hexOf } from '../oci/digest.js';
import { formatRepository, InvalidReferenceError, isRepositoryPath, isTag, splitName } from '../oci/reference.js';
import { type ArchiveLayout, DOCKER_ARCHIVE_LAYOUT, OLD_ARCHIVE_LAYOUT } from './archive-layout.js';
import { type LegacyLayer, layerFile, legacyLayers } from './legacy-layers.js';
import { TAR_END, tarFile, tarHeader } from './tar.js';

/** The name and the tag inside an archive, as skopeo normalises them: `nginx` is `docker.io/library/nginx`. */
export interface ArchiveName {
  readonly name: string;
  readonly tag: string;
}

/** Throws a UsageError when skopeo would refuse the name or the tag of the archive. */
export function archiveName(finalName: string, finalTag: string): ArchiveName {
  const repository = fullName(finalName);
  if (!isTag(finalTag))
    throw new InvalidReferenceError(`${finalName}:${finalTag}`, `its tag '${printable(finalTag)}' is not one`);
  return { name: repository, tag: finalTag };
}

/** The name in full. skopeo finds no host in a first part such as `my_org.io`, and writes that name as it is. */
function fullName(finalName: string): string {
  const [first = '', ...others] = finalName.split('/');
  if (others.length > 0 && first.includes('.') && first.includes('_') && isRepositoryPath(finalName)) return finalName;
  const repository = splitName(finalName);
  if (!repository.registry.startsWith('[')) return formatRepository(repository);
  throw new UsageError(
    `'${finalName}' cannot name an archive, because skopeo refuses IPv6 addresses: choose a --final-name`,
  );
}

/** What follows the layer files in an archive. */
export interface ArchiveTail {
  readonly config: { readonly digest: Digest; readonly bytes: Uint8Array };
  /** The layers in order, duplicates included, as the archive holds them: decompressed, except for those that skopeo leaves as they are. */
  readonly layers: readonly BlobDigest[];
  readonly name: ArchiveName;
  /** That of today's skopeo when omitted. */
  readonly layout?: ArchiveLayout | undefined;
}

/** The header in front of a layer's bytes; `tarPadding` follows them. */
export function layerHeader(digest: BlobDigest, size: number): Uint8Array {
  return tarHeader({ type: 'file', name: layerFile(digest), size });
}

/**
 * The bytes that follow the layers in a docker-archive as skopeo 1.15 and later write it: config, legacy layers, manifest.json,
 * repositories, end of archive (containers/image, docker/internal/tarfile/writer.go). Before skopeo 1.2, repositories stood in front of
 * manifest.json, and an archive without layers had none. Throws a PullpinError for a config that is not JSON.
 */
export function archiveTail({ config, layers, name, layout = DOCKER_ARCHIVE_LAYOUT }: ArchiveTail): Uint8Array {
  const legacy = legacyLayers(layers, config.bytes, layout);
  const configFile = `${hexOf(config.digest)}.json`;
  const manifest = tarFile('manifest.json', manifestJson(configFile, layers, name, layout));
  const repositories = tarFile('repositories', repositoriesJson(name, legacy.at(-1)));
  const oldEnd = legacy.length > 0 ? [repositories, manifest] : [manifest];
  return Buffer.concat([
    tarFile(configFile, config.bytes),
    ...legacy.flatMap((layer, index) => legacyMembers(layer, layers[index])),
    ...(layout === OLD_ARCHIVE_LAYOUT ? oldEnd : [manifest, repositories]),
    TAR_END,
  ]);
}

function legacyMembers({ id, json }: LegacyLayer, digest: BlobDigest | undefined): Uint8Array[] {
  if (digest === undefined) return [];
  return [
    tarHeader({ type: 'symlink', name: `${id}/layer.tar`, target: `../${layerFile(digest)}` }),
    tarFile(`${id}/VERSION`, Buffer.from('1.0')),
    tarFile(`${id}/json`, json),
  ];
}

function manifestJson(
  configFile: string,
  layers: readonly BlobDigest[],
  { name, tag }: ArchiveName,
  layout: ArchiveLayout,
): Uint8Array {
  const isNull = layers.length === 0 && layout === OLD_ARCHIVE_LAYOUT;
  const item = { Config: configFile, RepoTags: [`${name}:${tag}`], Layers: isNull ? null : layers.map(layerFile) };
  return Buffer.from(JSON.stringify([item]));
}

function repositoriesJson({ name, tag }: ArchiveName, last: LegacyLayer | undefined): Uint8Array {
  const repositories = last ? { [name]: { [tag]: last.id } } : {};
  return Buffer.from(JSON.stringify(repositories));
}
