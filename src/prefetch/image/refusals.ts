import { PullpinError, printable } from '../../errors.js';
import type { Descriptor } from '../../oci/descriptor.js';
import type { ImageManifest } from '../../oci/manifest.js';
import { DOCKER_MANIFEST, OCI_CONFIG, OCI_LAYERS } from '../../oci/media-types.js';

/** skopeo would not copy this image, so no hash of it can ever build. */
export class ImageRefusedError extends PullpinError {}

/** What skopeo checks of a manifest whatever it copies to. Throws an ImageRefusedError. */
export function checkCopyable(manifest: ImageManifest): void {
  if (manifest.format !== 'oci') return;
  for (const layer of manifest.layers) checkTableOfContents(layer);
}

/** What skopeo checks before it writes a docker-archive. Throws an ImageRefusedError. */
export function checkArchivable(manifest: ImageManifest): void {
  checkCopyable(manifest);
  if (manifest.format === 'docker') checkDockerImage(manifest);
  else checkOciImage(manifest);
}

function checkDockerImage({ body: { mediaType, schemaVersion } }: ImageManifest): void {
  if (mediaType !== DOCKER_MANIFEST)
    throw new ImageRefusedError(
      `the manifest's own mediaType is '${printable(mediaType)}', where skopeo wants ${DOCKER_MANIFEST}`,
    );
  if (schemaVersion !== 2)
    throw new ImageRefusedError(`the manifest's own schemaVersion is ${schemaVersion}, where skopeo wants 2`);
}

function checkOciImage(manifest: ImageManifest): void {
  if (manifest.config.mediaType !== OCI_CONFIG)
    throw new ImageRefusedError(`not a container image but ${describeArtifact(manifest)}`);
  const odd = manifest.layers.find((layer) => !OCI_LAYERS.has(layer.mediaType));
  if (odd)
    throw new ImageRefusedError(
      `layer ${odd.digest} has the media type '${printable(odd.mediaType)}', which skopeo refuses`,
    );
}

function describeArtifact({ body, config }: ImageManifest): string {
  const type = body.artifactType || config.mediaType;
  const known = KNOWN_ARTIFACTS.find(([prefix]) => type.startsWith(prefix))?.[1];
  return `${known ?? 'an artifact'} (${printable(type) || 'without a media type'})`;
}

const KNOWN_ARTIFACTS: readonly (readonly [string, string])[] = [
  ['application/vnd.cncf.helm.', 'a Helm chart'],
  ['application/vnd.dev.cosign.', 'a cosign signature'],
  ['application/vnd.dev.sigstore.', 'a sigstore bundle'],
  ['application/vnd.in-toto', 'an attestation'],
  ['application/vnd.wasm.', 'a WebAssembly module'],
  ['application/wasm', 'a WebAssembly module'],
  ['application/vnd.docker.plugin.', 'a Docker plugin'],
  ['application/vnd.docker.container.image.', 'an OCI manifest around a Docker config, which skopeo refuses'],
  ['application/vnd.oci.empty.', 'an artifact'],
  ['application/spdx', 'a bill of materials'],
  ['application/vnd.cyclonedx', 'a bill of materials'],
];

const TOC_ANNOTATIONS = [
  'io.github.containers.zstd-chunked.manifest-checksum',
  'containerd.io/snapshot/stargz/toc.digest',
];

/** What skopeo takes for a digest where it does not look at the content (opencontainers/go-digest). */
const DIGEST_OF_ANY_ALGORITHM = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;

/** skopeo 1.15 and later look at the annotations by which a layer names its table of contents, and want one valid digest at most. */
function checkTableOfContents({ digest, annotations = {} }: Descriptor): void {
  const values = TOC_ANNOTATIONS.flatMap((key) => (Object.hasOwn(annotations, key) ? [annotations[key] ?? ''] : []));
  if (values.length > 1) throw new ImageRefusedError(`layer ${digest} has two annotations for its table of contents`);
  const [value] = values;
  if (value === undefined || DIGEST_OF_ANY_ALGORITHM.test(value)) return;
  throw new ImageRefusedError(`layer ${digest} has the annotation '${printable(value)}' where a digest belongs`);
}
