import { PullpinError } from '../errors.js';
import type { Descriptor } from '../oci/descriptor.js';
import { type Digest, hexOf, isDigest } from '../oci/digest.js';
import type { ImageSource, StoredManifest } from '../oci/image-source.js';
import { parseJson } from '../oci/json.js';
import { parseManifest } from '../oci/manifest.js';
import { fieldsOf } from '../oci/manifest-fields.js';
import { OCI_INDEX, OCI_MANIFEST } from '../oci/media-types.js';
import { verified } from '../oci/verified.js';
import { BUNDLE, PREDICATE, readBundle } from './bundle.js';
import type { MalformedSignature, Signed } from './signed.js';
import { readSimpleSigning, SIGNATURE_ARTIFACT, SIMPLE_SIGNING } from './simple-signing.js';

/** An image has a few signatures. A registry that lists more must not keep us busy: of these manifests and layers, no more are looked at. */
const MAX_SIGNATURES = 100;
/** The largest signature that is read, in bytes: one with a certificate and a proof of a log has some 10 kB. */
const MAX_BYTES = 1024 * 1024;

/** What stands in a registry as a signature of a digest: below cosign's tag, then in what refers to the image. Throws a PullpinError. */
export async function* findSignatures(
  source: ImageSource,
  digest: Digest,
): AsyncGenerator<Signed | MalformedSignature> {
  const tagged = await ifThere(source.manifest(`sha256-${hexOf(digest)}.sig`));
  if (tagged) yield* signaturesIn(source, tagged);
  const referrers = await referrersOf(source, digest);
  for (const each of referrers.slice(0, MAX_SIGNATURES)) {
    const artifact = await ifThere(source.manifest(each, { lookUp: false }));
    if (artifact) yield* signaturesIn(source, artifact);
  }
  if (referrers.length > MAX_SIGNATURES) yield TOO_MANY;
}

const TOO_MANY: MalformedSignature = { problem: `there are more than ${MAX_SIGNATURES}, and no more are looked at` };

async function* signaturesIn(source: ImageSource, stored: StoredManifest): AsyncGenerator<Signed | MalformedSignature> {
  const layers = layersOf(stored).filter(({ mediaType }) => mediaType === SIMPLE_SIGNING || mediaType === BUNDLE);
  for (const layer of layers.slice(0, MAX_SIGNATURES)) {
    const bytes = await readSmall(source, layer);
    if (!bytes) yield { problem: `it is larger than ${MAX_BYTES} bytes` };
    else yield layer.mediaType === BUNDLE ? readBundle(bytes) : readSimpleSigning(layer, bytes);
  }
  if (layers.length > MAX_SIGNATURES) yield TOO_MANY;
}

function layersOf(stored: StoredManifest): readonly Descriptor[] {
  try {
    const manifest = parseManifest(stored);
    return manifest.type === 'image' ? manifest.layers : [];
  } catch (error) {
    if (error instanceof PullpinError) return [];
    throw error;
  }
}

/** The bytes of a blob of the registry itself: addresses elsewhere that a descriptor gives are not asked. Undefined for a large one. */
async function readSmall(source: ImageSource, { mediaType, digest, size }: Descriptor): Promise<Buffer | undefined> {
  if (size > MAX_BYTES) return undefined;
  const chunks: Uint8Array[] = [];
  let length = 0;
  const descriptor = { mediaType, digest, size };
  for await (const chunk of verified(source.blob(descriptor), descriptor)) {
    length += chunk.length;
    if (length > MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What refers to an image and may be a signature: by the registry's own list, or by the tag that stands in for it (distribution specification). */
async function referrersOf(source: ImageSource, digest: Digest): Promise<Digest[]> {
  const lists = (await source.referrers?.(digest)) ?? [await ifThere(source.manifest(`sha256-${hexOf(digest)}`))];
  const found = lists.flatMap((list) => (list?.mediaType === OCI_INDEX ? entriesOf(list) : []));
  // Attestations are bundles, too, and there may be many.
  const [signatures, others] = [
    found.filter(({ isSignature }) => isSignature),
    found.filter((each) => !each.isSignature),
  ];
  return [...new Set([...signatures, ...others].map(({ digest: each }) => each))];
}

interface Referrer {
  readonly digest: Digest;
  /** Whether the list says that it is a signature. */
  readonly isSignature: boolean;
}

function entriesOf({ bytes }: StoredManifest): Referrer[] {
  try {
    const entries = fieldsOf(parseJson(bytes), '').list('manifests', (entry) => ({
      digest: entry.text('digest'),
      mediaType: entry.text('mediaType'),
      artifactType: entry.text('artifactType'),
      predicate: entry.texts('annotations')[PREDICATE_ANNOTATION],
    }));
    return entries.flatMap(({ digest, mediaType, artifactType, predicate }) =>
      mediaType === OCI_MANIFEST && ARTIFACTS.includes(artifactType) && isDigest(digest)
        ? [{ digest, isSignature: artifactType === SIGNATURE_ARTIFACT || predicate === PREDICATE }]
        : [],
    );
  } catch (error) {
    if (error instanceof PullpinError) return [];
    throw error;
  }
}

const PREDICATE_ANNOTATION = 'dev.sigstore.bundle.predicateType';
/** A list that does not say what its entries are may have signatures among them. */
const ARTIFACTS: readonly string[] = [SIGNATURE_ARTIFACT, BUNDLE, ''];

async function ifThere(manifest: Promise<StoredManifest>): Promise<StoredManifest | undefined> {
  try {
    return await manifest;
  } catch (error) {
    if (error instanceof PullpinError && error.kind === 'not-found') return undefined;
    throw error;
  }
}
