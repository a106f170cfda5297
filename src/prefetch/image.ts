import { PullpinError, printable } from '../errors.js';
import type { Descriptor } from '../oci/descriptor.js';
import { type Digest, isDigest } from '../oci/digest.js';
import type { ImageSource } from '../oci/image-source.js';
import { type JsonValue, parseJson } from '../oci/json.js';
import type { ImageManifest } from '../oci/manifest.js';
import { DOCKER_MANIFEST, OCI_CONFIG, OCI_LAYERS } from '../oci/media-types.js';
import { verified } from '../oci/verified.js';

/** skopeo would not copy this image, so no hash of it can ever build. */
export class ImageRefusedError extends PullpinError {}

/** The largest config that skopeo reads, in bytes. */
export const MAX_CONFIG_SIZE = 4 * 1024 * 1024;

export interface ImageConfig {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

/**
 * Downloads the config of an image and checks it as skopeo does: at most 4 MiB, its digest, its size as the manifest has it.
 * What it says is not looked at. Throws a PullpinError.
 */
export async function fetchConfig(source: Pick<ImageSource, 'blob'>, { config }: ImageManifest): Promise<ImageConfig> {
  const { digest, size } = config;
  if (!isDigest(digest))
    throw new ImageRefusedError(`the config has the digest ${digest}, and skopeo takes sha256 ones only`);
  if (size > MAX_CONFIG_SIZE) throw tooLarge(config);
  const chunks: Uint8Array[] = [];
  let received = 0;
  for await (const chunk of verified(source.blob(config), config)) {
    received += chunk.length;
    if (received > MAX_CONFIG_SIZE) throw tooLarge(config);
    chunks.push(chunk);
  }
  if (size !== received && size !== -1) {
    throw new ImageRefusedError(
      `the config ${digest} has ${received} bytes where the manifest says ${size}: push the image again`,
    );
  }
  return { digest, bytes: Buffer.concat(chunks) };
}

function tooLarge({ digest }: Descriptor): ImageRefusedError {
  return new ImageRefusedError(`the config ${digest} is larger than 4 MiB, the most that skopeo reads`);
}

/** The digests of the uncompressed layers as the config has them; `undefined` where it says nothing of use. Never throws. */
export function diffIdsOf(config: ImageConfig, count: number): (Digest | undefined)[] {
  const listed = diffIdValues(config.bytes).map((value) => value.text() ?? '');
  return Array.from({ length: count }, (_, index) => {
    const diffId = listed.length === count ? listed[index] : undefined;
    return diffId !== undefined && isDigest(diffId) ? diffId : undefined;
  });
}

function diffIdValues(config: Uint8Array): JsonValue[] {
  try {
    const rootfs = lastMember(parseJson(config), 'rootfs');
    return [...((rootfs && lastMember(rootfs, 'diff_ids')?.elements()) ?? [])];
  } catch (error) {
    if (error instanceof PullpinError) return [];
    throw error;
  }
}

function lastMember(object: JsonValue, key: string): JsonValue | undefined {
  return [...object.members()].findLast((member) => member.key === key)?.value;
}

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
