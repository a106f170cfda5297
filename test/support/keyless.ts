import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { initializeCA, initializeCTLog, initializeTLog, initializeTSA } from '@sigstore/mock';
import { HashAlgorithm, PublicKeyDetails, TrustedRoot } from '@sigstore/protobuf-specs';
import type { Format } from './cosign.js';
import { type ImageContent, image } from './images.js';
import { temporaryFolder } from './temporary-folder.js';

// What Fulcio, Rekor and a timestamp authority do for a signature without a key, by Sigstore's own stand-ins.

const ISSUER_OID = '1.3.6.1.4.1.57264.1.8';
const SHA256_OID = '2.16.840.1.101.3.4.2.1';
const REKOR = 'https://rekor.example';
const ACTIONS = 'https://token.actions.githubusercontent.com';
export const IDENTITY = 'https://github.com/acme/web/.github/workflows/release.yml@refs/tags/v1.2.3';

export interface KeylessSignature {
  /** What is signed. */
  readonly digest: string;
  readonly identity?: string;
  readonly issuer?: string;
  /** Changes the text before it is signed. */
  readonly change?: (text: string) => string;
  /** Changes the JSON of the bundle, or the annotations, after the signature. */
  readonly spoil?: (all: string) => string;
}

export interface SigstoreOptions {
  /** When the log and the timestamp authority see a signature; now when omitted. Certificates are made now, for ten minutes. */
  readonly seen?: Date;
  /** Where a signature is proven to have been made in time. */
  readonly proof?: 'log' | 'timestamp';
  /** Whether certificates are in a log of certificates, and the trusted root asks for it. */
  readonly logsCertificates?: 'both' | 'asked for only';
}

/** What Rekor answers. */
type LoggedEntries = Readonly<
  Record<
    string,
    {
      readonly body: string;
      readonly integratedTime: number;
      readonly logIndex: number;
      readonly logID: string;
      readonly verification: {
        readonly signedEntryTimestamp: string;
        readonly inclusionProof: {
          readonly logIndex: number;
          readonly treeSize: number;
          readonly rootHash: string;
          readonly checkpoint: string;
        };
      };
    }
  >
>;

/** Authorities and logs that belong together. */
export interface Sigstore {
  /** Their trusted root, a JSON file. */
  readonly rootFile: string;
  /** A signature as cosign stores it in a registry. */
  signatureImage(format: Format, signature: KeylessSignature): Promise<ImageContent>;
}

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const pem = (der: Uint8Array): string => `-----BEGIN CERTIFICATE-----\n${base64(der)}\n-----END CERTIFICATE-----\n`;

export async function startSigstore({
  seen,
  proof = 'log',
  logsCertificates = 'both',
}: SigstoreOptions = {}): Promise<Sigstore> {
  const certificateLog = await initializeCTLog(pair());
  const authority = await initializeCA(pair(), logsCertificates === 'both' ? certificateLog : undefined);
  const log = await initializeTLog(REKOR, pair(), seen);
  const stamps = await initializeTSA(pair(), wholeSecond(seen));
  const rootFile = join(temporaryFolder(), 'trusted_root.json');
  const instance = (baseUrl: string, publicKey: Buffer, keyId: Uint8Array) => ({
    ...{ baseUrl, hashAlgorithm: HashAlgorithm.SHA2_256, operator: '' },
    logId: { keyId: Buffer.from(keyId) },
    publicKey: {
      rawBytes: publicKey,
      keyDetails: PublicKeyDetails.PKIX_ECDSA_P256_SHA_256,
      validFor: { start: new Date(0) },
    },
    checkpointKeyId: undefined,
  });
  const chain = (...certificates: readonly ArrayBufferView<ArrayBuffer>[]) => ({
    ...{ subject: undefined, uri: 'https://ca.example', operator: '', validFor: { start: new Date(0) } },
    certChain: { certificates: certificates.map((each) => ({ rawBytes: bufferOf(each) })) },
  });
  const root: TrustedRoot = {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: proof === 'log' ? [instance(REKOR, log.publicKey, sha256(log.publicKey))] : [],
    certificateAuthorities: [chain(authority.rootCertificate)],
    ctlogs: [instance('https://ctlog.example', certificateLog.publicKey, bufferOf(certificateLog.logID))],
    timestampAuthorities: proof === 'timestamp' ? [chain(stamps.intCertificate, stamps.rootCertificate)] : [],
  };
  writeFileSync(rootFile, JSON.stringify(TrustedRoot.toJSON(root)));

  const certificateFor = async ({ identity = IDENTITY, issuer = ACTIONS }: KeylessSignature, publicKey: Buffer) =>
    bufferOf(
      await authority.issueCertificate({
        publicKey: Buffer.from(publicKey),
        subjectAltName: identity,
        extensions: [{ oid: ISSUER_OID, value: issuer }],
      }),
    );
  /** The entry of the log, and the signed time, for a signature. */
  const proofsOf = async (entry: object, signature: Uint8Array) => {
    if (proof === 'log') return { entry: Object.values((await log.log(entry)) as LoggedEntries)[0], stamp: undefined };
    const request = { artifactHash: sha256(signature), hashAlgorithmOID: SHA256_OID, nonce: 1, policyOID: '1.2.3' };
    return { entry: undefined, stamp: base64(bufferOf(await stamps.timestamp(request))) };
  };

  const simpleLayer = async (signed: KeylessSignature) => {
    const { change = same, spoil = same, digest } = signed;
    const { publicKey, privateKey } = pair();
    const critical = {
      identity: {},
      image: { 'docker-manifest-digest': digest },
      type: 'cosign container image signature',
    };
    const bytes = Buffer.from(change(JSON.stringify({ critical, optional: null })));
    const signature = sign('sha256', bytes, privateKey);
    const certificate = await certificateFor(signed, publicKey.export({ type: 'spki', format: 'der' }));
    const hash = { algorithm: 'sha256', value: sha256(bytes).toString('hex') };
    const { entry, stamp } = await proofsOf(
      {
        ...{ apiVersion: '0.0.1', kind: 'hashedrekord' },
        spec: {
          data: { hash },
          signature: { content: base64(signature), publicKey: { content: base64(Buffer.from(pem(certificate))) } },
        },
      },
      signature,
    );
    const bundle = entry && {
      SignedEntryTimestamp: entry.verification.signedEntryTimestamp,
      Payload: { body: entry.body, integratedTime: entry.integratedTime, logIndex: entry.logIndex, logID: entry.logID },
    };
    const annotations = {
      'dev.cosignproject.cosign/signature': base64(signature),
      'dev.sigstore.cosign/certificate': pem(certificate),
      ...(bundle && { 'dev.sigstore.cosign/bundle': JSON.stringify(bundle) }),
      ...(stamp && { 'dev.sigstore.cosign/rfc3161timestamp': JSON.stringify({ SignedRFC3161Timestamp: stamp }) }),
    };
    const descriptor = { annotations: JSON.parse(spoil(JSON.stringify(annotations))) };
    return { bytes, compression: 'none' as const, mediaType: SIMPLE, descriptor };
  };

  const bundleLayer = async (signed: KeylessSignature) => {
    const { change = same, spoil = same, digest } = signed;
    const { publicKey, privateKey } = pair();
    const type = 'application/vnd.in-toto+json';
    const subject = [{ digest: { sha256: digest.replace('sha256:', '') } }];
    const predicateType = 'https://sigstore.dev/cosign/sign/v1';
    const statement = { _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate: {} };
    const body = Buffer.from(change(JSON.stringify(statement)));
    const signature = sign(
      'sha256',
      Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${body.length} `), body]),
      privateKey,
    );
    const certificate = await certificateFor(signed, publicKey.export({ type: 'spki', format: 'der' }));
    const { entry, stamp } = await proofsOf(
      {
        ...{ apiVersion: '0.0.1', kind: 'dsse' },
        spec: {
          payloadHash: { algorithm: 'sha256', value: sha256(body).toString('hex') },
          signatures: [{ signature: base64(signature), verifier: base64(Buffer.from(pem(certificate))) }],
        },
      },
      signature,
    );
    const inclusion = entry?.verification.inclusionProof;
    const logged = entry && {
      ...{ logIndex: String(entry.logIndex), logId: { keyId: base64(Buffer.from(entry.logID, 'hex')) } },
      ...{ kindVersion: { kind: 'dsse', version: '0.0.1' }, integratedTime: String(entry.integratedTime) },
      inclusionPromise: { signedEntryTimestamp: entry.verification.signedEntryTimestamp },
      inclusionProof: inclusion && {
        ...{ logIndex: String(inclusion.logIndex), treeSize: String(inclusion.treeSize), hashes: [] },
        rootHash: base64(Buffer.from(inclusion.rootHash, 'hex')),
        checkpoint: { envelope: inclusion.checkpoint },
      },
      canonicalizedBody: entry.body,
    };
    const bundle = {
      mediaType: BUNDLE,
      verificationMaterial: {
        certificate: { rawBytes: base64(certificate) },
        tlogEntries: logged ? [logged] : [],
        ...(stamp && { timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: stamp }] } }),
      },
      dsseEnvelope: { payload: base64(body), payloadType: type, signatures: [{ sig: base64(signature), keyid: '' }] },
    };
    return { bytes: Buffer.from(spoil(JSON.stringify(bundle))), compression: 'none' as const, mediaType: BUNDLE };
  };

  return {
    rootFile,
    async signatureImage(format, signed) {
      const layer = await (format === 'simple' ? simpleLayer(signed) : bundleLayer(signed));
      const manifest = format === 'simple' ? {} : { artifactType: BUNDLE };
      return image({ config: '{}', layers: [layer], manifest });
    },
  };
}

const SIMPLE = 'application/vnd.dev.cosign.simplesigning.v1+json';
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

function bufferOf({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBuffer>): Buffer {
  return Buffer.from(buffer.slice(byteOffset, byteOffset + byteLength));
}

/** A time with a part of a second is written in a form that few programs read. */
function wholeSecond(time = new Date()): Date {
  return new Date(Math.ceil(time.getTime() / 1000) * 1000);
}

function same<Value>(value: Value): Value {
  return value;
}

/** Writes the file that says who must have signed. */
export function policyFile(rootFile: string, changes: Readonly<Record<string, string>> = {}): string {
  const folder = temporaryFolder();
  const fields = { 'trusted-root': rootFile, issuer: ACTIONS, identity: IDENTITY, ...changes };
  const file = join(folder, 'acme.toml');
  writeFileSync(
    file,
    Object.entries(fields)
      .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
      .join(''),
  );
  return file;
}
