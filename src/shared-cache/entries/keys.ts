import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import type { KeyText } from './key-text.js';

/** What stands in front of the bytes of an Ed25519 key in DER (RFC 8410): of a public one, and of the seed of a secret one. */
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const SECRET_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED_LENGTH = 32;
const SIGNATURE_LENGTH = 64;

/** Signs with a secret key. */
export interface EntrySigner {
  readonly publicKey: KeyText;
  sign(bytes: Uint8Array): Uint8Array;
}

/** The keys that are trusted, by their names; one name may stand for several keys while they change. */
export class TrustedKeys {
  private readonly keys: readonly { readonly name: string; readonly key: KeyObject }[];

  constructor(texts: readonly KeyText[]) {
    this.keys = texts.map(({ name, bytes }) => ({ name, key: publicKeyOf(bytes) }));
  }

  has(name: string): boolean {
    return this.keys.some((each) => each.name === name);
  }

  /** Whether a key of this name has signed these bytes. */
  hasSigned(name: string, bytes: Uint8Array, signature: Uint8Array): boolean {
    if (signature.length !== SIGNATURE_LENGTH) return false;
    return this.keys.some((each) => each.name === name && verify(null, bytes, each.key, signature));
  }
}

/** Makes a pair of keys. Both have the given name. */
export function makeKeyPair(name: string): { readonly secret: KeyText; readonly publicKey: KeyText } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-SEED_LENGTH);
  const bytes = rawPublicKey(publicKey);
  return { secret: { name, bytes: Buffer.concat([seed, bytes]) }, publicKey: { name, bytes } };
}

/** The signer of a secret key: its seed, and its public key behind it. Undefined where the two do not belong together. */
export function signerOf({ name, bytes }: KeyText): EntrySigner | undefined {
  const seed = bytes.subarray(0, SEED_LENGTH);
  const key = createPrivateKey({ key: Buffer.concat([SECRET_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const publicBytes = rawPublicKey(createPublicKey(key));
  if (!publicBytes.equals(bytes.subarray(SEED_LENGTH))) return undefined;
  return { publicKey: { name, bytes: publicBytes }, sign: (text) => sign(null, text, key) };
}

function publicKeyOf(bytes: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([PUBLIC_PREFIX, bytes]), format: 'der', type: 'spki' });
}

function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(PUBLIC_PREFIX.length);
}
