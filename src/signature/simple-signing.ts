import type { Descriptor } from '../oci/descriptor.js';
import { bundleOfAnnotations } from './certificate-annotations.js';
import { type Claim, fromBase64, jsonOf, type MalformedSignature, members, type Signed } from './signed.js';

/** The layers of cosign's signatures: a text that says what is signed (containers/image, docs/atomic-signature.md), its signature in an annotation. */
export const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
/** What cosign calls a manifest with such layers that refers to an image. */
export const SIGNATURE_ARTIFACT = 'application/vnd.dev.cosign.artifact.sig.v1+json';
const ANNOTATION = 'dev.cosignproject.cosign/signature';
const TYPE = 'cosign container image signature';

export function readSimpleSigning(layer: Descriptor, bytes: Uint8Array): Signed | MalformedSignature {
  const { annotations = {} } = layer;
  const signature = fromBase64(annotations[ANNOTATION]);
  if (!signature) return { problem: `its annotation ${ANNOTATION} is not base64` };
  const bundle = bundleOfAnnotations(annotations, bytes, signature);
  return { bytes, signature, bundle, claim: () => claimOf(bytes) };
}

/** The name of the image in the text is not compared, as cosign does not: an image may have been copied to another place with its signatures. */
function claimOf(bytes: Uint8Array): Claim {
  const critical = members(members(jsonOf(bytes))['critical']);
  if (critical['type'] !== TYPE) return { problem: 'it signs something else than a container image' };
  const digest = members(critical['image'])['docker-manifest-digest'];
  return typeof digest === 'string' ? { digests: [digest] } : { problem: 'it names no digest' };
}
