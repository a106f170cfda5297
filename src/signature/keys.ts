import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { Failure, Signer } from './signer.js';
import { readSignerFile, signerFileError } from './signer-file.js';

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g;
const LABELS: readonly string[] = ['PUBLIC KEY', 'RSA PUBLIC KEY'];
const MAX_KEYS = 100;
/** Shorter RSA keys can be broken, in bits. */
const MIN_RSA = 2048;

/** The public keys of a PEM file. Throws a UsageError, because a key that cannot be read must not be left out. */
export async function readKeys(file: string): Promise<Signer[]> {
  const fail = (problem: string) => signerFileError(file, problem);
  const text = await readSignerFile(file);
  const blocks = [...text.matchAll(PEM)];
  if (blocks.length === 0) throw fail('has no public key in PEM; cosign writes one into cosign.pub');
  if (blocks.length > MAX_KEYS) throw fail(`has more than ${MAX_KEYS} keys`);
  return blocks.map(([pem, label = '']) => {
    if (!LABELS.includes(label)) throw fail(`it has the block ${label}, and a PUBLIC KEY is needed`);
    const key = parseKey(pem);
    const algorithm = key && algorithmOf(key);
    if (!key || algorithm === undefined)
      throw fail('is not a key that cosign makes: ECDSA on P-256, Ed25519, or RSA of 2048 bits or more');
    return { whyNot: ({ bytes, signature }) => (hasSigned(key, algorithm, bytes, signature) ? undefined : NOT_SIGNED) };
  });
}

const NOT_SIGNED: Failure = { rank: 1, reason: 'it has signatures, and none of them is right for this key' };

function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}

/** The hash that is signed, null for Ed25519, which signs the bytes themselves; undefined for a key of another kind. */
function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): 'sha256' | null | undefined {
  if (asymmetricKeyType === 'ed25519') return null;
  const isFit =
    asymmetricKeyType === 'ec'
      ? asymmetricKeyDetails.namedCurve === 'prime256v1'
      : asymmetricKeyType === 'rsa' && (asymmetricKeyDetails.modulusLength ?? 0) >= MIN_RSA;
  return isFit ? 'sha256' : undefined;
}

function hasSigned(key: KeyObject, algorithm: 'sha256' | null, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(algorithm, bytes, key, signature);
  } catch {
    // OpenSSL refuses some signatures that are not in the form of the key's kind.
    return false;
  }
}
