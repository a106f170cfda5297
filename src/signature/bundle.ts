import { type Claim, fromBase64, jsonOf, type MalformedSignature, members, type Signed } from './signed.js';

/** A Sigstore bundle (protobuf-specs, sigstore_bundle.proto) as cosign 3, and cosign 2 with --new-bundle-format, write it. */
export const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const STATEMENT = 'https://in-toto.io/Statement/v1';
/** Of a signature of an image. Attestations, which say something about an image, have others. */
export const PREDICATE = 'https://sigstore.dev/cosign/sign/v1';

/** The signature of the DSSE envelope in a bundle. */
export function readBundle(bytes: Uint8Array): Signed | MalformedSignature {
  const bundle = jsonOf(bytes);
  const { mediaType, dsseEnvelope } = members(bundle);
  if (mediaType !== BUNDLE) return { problem: 'it is not a Sigstore bundle of version 0.3' };
  const { payload, payloadType, signatures } = members(dsseEnvelope);
  const body = fromBase64(payload);
  const [first, ...others] = Array.isArray(signatures) ? (signatures as readonly unknown[]) : [];
  const signature = fromBase64(members(first)['sig']);
  if (!body || !signature || others.length > 0) return { problem: 'its bundle has no envelope with one signature' };
  if (payloadType !== PAYLOAD_TYPE) return { problem: 'its envelope has no in-toto statement' };
  return { bytes: preAuthentication(PAYLOAD_TYPE, body), signature, bundle, claim: () => claimOf(body) };
}

/** What a DSSE signature covers: the type and the text, each with its length in bytes. */
function preAuthentication(type: string, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `), body]);
}

function claimOf(body: Uint8Array): Claim {
  const { _type, predicateType, subject } = members(jsonOf(body));
  if (_type !== STATEMENT || predicateType !== PREDICATE)
    return { problem: 'it says something about an image, and does not sign it' };
  const subjects = Array.isArray(subject) ? (subject as readonly unknown[]) : [];
  const hashes = subjects.map((each) => members(members(each)['digest'])['sha256']);
  return { digests: hashes.flatMap((hash) => (typeof hash === 'string' ? [`sha256:${hash}`] : [])) };
}
