import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ImageContent, image, index } from './images.js';
import { temporaryFolder } from './temporary-folder.js';

export type KeyKind = 'ec' | 'rsa' | 'ed25519';

/** A pair of keys that openssl has made. */
export interface SigningKey {
  /** The public key, a PEM file. */
  readonly file: string;
  /** The private one. */
  readonly privateFile: string;
  sign(bytes: Uint8Array): Buffer;
}

const NEW: Readonly<Record<string, readonly string[]>> = {
  ec: ['EC', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
  p384: ['EC', '-pkeyopt', 'ec_paramgen_curve:secp384r1'],
  rsa: ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  'rsa-1024': ['RSA', '-pkeyopt', 'rsa_keygen_bits:1024'],
  ed25519: ['ED25519'],
};

export function makeKey(kind: KeyKind | 'p384' | 'rsa-1024' = 'ec'): SigningKey {
  const folder = temporaryFolder();
  const [privateFile, file, data] = [join(folder, 'cosign.key'), join(folder, 'cosign.pub'), join(folder, 'data')];
  const openssl = (...args: readonly string[]): Buffer =>
    execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  openssl('genpkey', '-algorithm', ...(NEW[kind] ?? []), '-out', privateFile);
  openssl('pkey', '-in', privateFile, '-pubout', '-out', file);
  return {
    file,
    privateFile,
    sign(bytes) {
      writeFileSync(data, bytes);
      return kind === 'ed25519'
        ? openssl('pkeyutl', '-sign', '-rawin', '-inkey', privateFile, '-in', data)
        : openssl('dgst', '-sha256', '-sign', privateFile, data);
    },
  };
}

/** Where a signature is kept: below cosign's tag, in a list under the tag of the digest, or in the list that the registry itself makes. */
export type Storage = 'tag' | 'list' | 'api';
/** As cosign 2 and cosign 3 write it. */
export type Format = 'simple' | 'bundle';

export interface Signature {
  readonly key: SigningKey;
  /** What is signed. */
  readonly digest: string;
  /** Changes the text before it is signed. */
  readonly change?: (text: string) => string;
  /** Changes the signature. */
  readonly spoil?: (signature: Buffer) => Buffer;
}

const SIMPLE = 'application/vnd.dev.cosign.simplesigning.v1+json';
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const EMPTY = 'application/vnd.oci.empty.v1+json';

function simpleLayer({ key, digest, change = same, spoil = same }: Signature) {
  const identity = { 'docker-reference': 'registry.example/app' };
  const critical = { identity, image: { 'docker-manifest-digest': digest }, type: 'cosign container image signature' };
  const bytes = Buffer.from(change(JSON.stringify({ critical, optional: null })));
  const signature = spoil(key.sign(bytes)).toString('base64');
  const annotations = { 'dev.cosignproject.cosign/signature': signature };
  return { bytes, compression: 'none' as const, mediaType: SIMPLE, descriptor: { annotations } };
}

function bundleLayer({ key, digest, change = same, spoil = same }: Signature) {
  const type = 'application/vnd.in-toto+json';
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { sha256: digest.replace('sha256:', '') } }],
    predicateType: 'https://sigstore.dev/cosign/sign/v1',
    predicate: {},
  };
  const body = Buffer.from(change(JSON.stringify(statement)));
  const covered = Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${body.length} `), body]);
  const signatures = [{ sig: spoil(key.sign(covered)).toString('base64') }];
  const bundle = {
    mediaType: BUNDLE,
    verificationMaterial: { publicKey: { hint: 'none' }, tlogEntries: [] },
    dsseEnvelope: { payload: body.toString('base64'), payloadType: type, signatures },
  };
  return { bytes: Buffer.from(JSON.stringify(bundle)), compression: 'none' as const, mediaType: BUNDLE };
}

function same<Value>(value: Value): Value {
  return value;
}

/** The manifest with some signatures as layers. */
export function signatureImage(format: Format, signatures: readonly Signature[], fields: object = {}): ImageContent {
  const isSimple = format === 'simple';
  const layers = signatures.map(isSimple ? simpleLayer : bundleLayer);
  const configDescriptor = isSimple ? {} : { mediaType: EMPTY };
  const manifest = { ...(isSimple ? {} : { artifactType: BUNDLE }), ...fields };
  return image({ config: '{}', layers, configDescriptor, manifest });
}

/** The list of what refers to an image. */
export function referrersList(artifacts: readonly ImageContent[], format: Format): ImageContent {
  const artifactType = format === 'simple' ? 'application/vnd.dev.cosign.artifact.sig.v1+json' : BUNDLE;
  return index(artifacts.map((each) => ({ image: each, ...{ artifactType } })));
}
