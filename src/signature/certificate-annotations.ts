import { X509Certificate } from 'node:crypto';
import { hexOf } from '../oci/digest.js';
import { digestOf } from '../oci/verified.js';
import { jsonOf, members } from './signed.js';

const CERTIFICATE = 'dev.sigstore.cosign/certificate';
const LOG_ENTRY = 'dev.sigstore.cosign/bundle';
const SIGNED_TIME = 'dev.sigstore.cosign/rfc3161timestamp';

/**
 * What cosign 2 writes beside a signature that was made without a key (cosign, specs/SIGNATURE_SPEC.md), as the Sigstore bundle that says the same;
 * undefined without a certificate. Nothing of it has been checked.
 */
export function bundleOfAnnotations(
  annotations: Readonly<Record<string, string>>,
  bytes: Uint8Array,
  signature: Uint8Array,
): unknown {
  const certificate = derOf(annotations[CERTIFICATE]);
  if (certificate === undefined) return undefined;
  const stamp = members(parse(annotations[SIGNED_TIME]))['SignedRFC3161Timestamp'];
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    verificationMaterial: {
      x509CertificateChain: { certificates: [{ rawBytes: certificate }] },
      tlogEntries: logEntries(parse(annotations[LOG_ENTRY])),
      timestampVerificationData: { rfc3161Timestamps: stamp === undefined ? [] : [{ signedTimestamp: stamp }] },
    },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: toBase64(hexOf(digestOf(bytes))) },
      signature: Buffer.from(signature).toString('base64'),
    },
  };
}

/** The entry of the log, with the promise of the log that it is in there. */
function logEntries(entry: unknown): unknown[] {
  const { SignedEntryTimestamp: promise, Payload } = members(entry);
  const { body, integratedTime, logIndex, logID } = members(Payload);
  if (typeof promise !== 'string' || typeof body !== 'string' || typeof logID !== 'string') return [];
  const { kind, apiVersion } = members(jsonOf(Buffer.from(body, 'base64')));
  return [
    {
      logIndex: String(logIndex),
      logId: { keyId: toBase64(logID) },
      kindVersion: { kind, version: apiVersion },
      integratedTime: String(integratedTime),
      inclusionPromise: { signedEntryTimestamp: promise },
      canonicalizedBody: body,
    },
  ];
}

function derOf(pem: string | undefined): string | undefined {
  try {
    return pem === undefined ? undefined : new X509Certificate(pem).raw.toString('base64');
  } catch {
    return undefined;
  }
}

function parse(text: string | undefined): unknown {
  return text === undefined ? undefined : jsonOf(Buffer.from(text));
}

function toBase64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}
