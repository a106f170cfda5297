import { printable, UsageError } from '../errors.js';
import { type BlobDigest, type Digest, hexOf } from '../oci/digest.js';
import { formatRepository, InvalidReferenceError, isRepositoryPath, isTag, splitName } from '../oci/reference.js';
import { type LegacyLayer, layerFile, legacyLayers } from './legacy-layers.js';
import { TAR_END, tarFile, tarHeader } from './tar.js';

/** Names the layout of the archive that is written here. It must change when the bytes for any image change. */
export const DOCKER_ARCHIVE_LAYOUT = 'skopeo-1.15';

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
}

/** The header in front of a layer's bytes; `tarPadding` follows them. */
export function layerHeader(digest: BlobDigest, size: number): Uint8Array {
  return tarHeader({ type: 'file', name: layerFile(digest), size });
}

/**
 * The bytes that follow the layers in a docker-archive as skopeo 1.15 and later write it: config, legacy layers, manifest.json,
 * repositories, end of archive (containers/image, docker/internal/tarfile/writer.go). Throws a PullpinError for a config that is not JSON.
 */
export function archiveTail({ config, layers, name }: ArchiveTail): Uint8Array {
  const legacy = legacyLayers(layers, config.bytes);
  const configFile = `${hexOf(config.digest)}.json`;
  return Buffer.concat([
    tarFile(configFile, config.bytes),
    ...legacy.flatMap((layer, index) => legacyMembers(layer, layers[index])),
    tarFile('manifest.json', manifestJson(configFile, layers, name)),
    tarFile('repositories', repositoriesJson(name, legacy.at(-1))),
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

function manifestJson(configFile: string, layers: readonly BlobDigest[], { name, tag }: ArchiveName): Uint8Array {
  const item = { Config: configFile, RepoTags: [`${name}:${tag}`], Layers: layers.map(layerFile) };
  return Buffer.from(JSON.stringify([item]));
}

function repositoriesJson({ name, tag }: ArchiveName, last: LegacyLayer | undefined): Uint8Array {
  const repositories = last ? { [name]: { [tag]: last.id } } : {};
  return Buffer.from(JSON.stringify(repositories));
}
