/** The media types of manifests (OCI image-spec, media-types.md; distribution, manifest-v2-2.md). */
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const DOCKER_SCHEMA1 = 'application/vnd.docker.distribution.manifest.v1+json';
export const DOCKER_SCHEMA1_SIGNED = 'application/vnd.docker.distribution.manifest.v1+prettyjws';

/** What a client accepts, in skopeo's order: a registry answers some tags differently when one of them is missing. */
export const MANIFEST_TYPES: readonly string[] = [
  OCI_MANIFEST,
  DOCKER_MANIFEST,
  DOCKER_SCHEMA1_SIGNED,
  DOCKER_SCHEMA1,
  DOCKER_LIST,
  OCI_INDEX,
];

export const INDEX_TYPES: ReadonlySet<string> = new Set([OCI_INDEX, DOCKER_LIST]);

export const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
export const DOCKER_CONFIG = 'application/vnd.docker.container.image.v1+json';

const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar';
const OCI_FOREIGN_LAYER = 'application/vnd.oci.image.layer.nondistributable.v1.tar';
const DOCKER_LAYER = 'application/vnd.docker.image.rootfs.diff.tar';
const DOCKER_FOREIGN_LAYER = 'application/vnd.docker.image.rootfs.foreign.diff.tar';

/** The layers of an OCI image that skopeo turns into a docker-archive. */
export const OCI_LAYERS: ReadonlySet<string> = new Set(
  [OCI_LAYER, OCI_FOREIGN_LAYER].flatMap((type) => [type, `${type}+gzip`, `${type}+zstd`]),
);

export function isOciZstdLayer(mediaType: string): boolean {
  return mediaType.endsWith('+zstd') && OCI_LAYERS.has(mediaType);
}

/** The layers of a Docker image that skopeo decompresses. */
export const DOCKER_LAYERS: ReadonlySet<string> = new Set(
  [DOCKER_LAYER, DOCKER_FOREIGN_LAYER].flatMap((type) => [type, `${type}.gzip`]),
);

/** skopeo decompresses by the media type; a layer of another type that a Docker manifest may have is stored as it was sent. */
export function isDecompressedLayer(mediaType: string): boolean {
  return OCI_LAYERS.has(mediaType) || DOCKER_LAYERS.has(mediaType);
}

/** Everything that skopeo (1.21 and later) lets stand as the media type of a layer in a Docker manifest. */
export const DOCKER_MANIFEST_CONTENT: ReadonlySet<string> = new Set([
  DOCKER_LIST,
  DOCKER_SCHEMA1,
  DOCKER_SCHEMA1_SIGNED,
  DOCKER_MANIFEST,
  DOCKER_CONFIG,
  ...DOCKER_LAYERS,
  `${DOCKER_LAYER}.zstd`,
]);
