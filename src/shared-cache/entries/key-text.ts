import { printable, UsageError } from '../../errors.js';

/** A key as Nix writes it, `NAME:BASE64`, in its parts. */
export interface KeyText {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The length of a public key, and of a secret one with the public one behind it, in bytes. */
const PUBLIC_LENGTH = 32;
const SECRET_LENGTH = 64;

/** Nix takes any text for a name; ours goes into lines and files, so it is a plain word. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Whether a text may be the name of a key. */
export function isKeyName(text: string): boolean {
  return NAME.test(text);
}

/** Reads `NAME:BASE64`; undefined for anything else, or for another number of bytes. */
function splitKey(text: string, length: number): KeyText | undefined {
  const colon = text.indexOf(':');
  const [name, encoded] = [text.slice(0, colon), text.slice(colon + 1)];
  if (colon < 0 || !isKeyName(name) || encoded.length > 2 * SECRET_LENGTH || !BASE64.test(encoded)) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.length === length ? { name, bytes } : undefined;
}

/** The value of `--shared-cache-key`. Throws a UsageError that never shows a secret key. */
export function parsePublicKey(text: string): KeyText {
  const key = splitKey(text, PUBLIC_LENGTH);
  if (key) return key;
  if (splitKey(text, SECRET_LENGTH))
    throw new UsageError(
      '--shared-cache-key is a public key, and this is a secret one: pullpin cache key FILE shows its public key',
    );
  throw new UsageError(
    `--shared-cache-key is NAME:BASE64, a public key that pullpin cache key prints, not '${printable(text, 40)}'`,
  );
}

/** The text of a secret key; undefined where it is none. */
export function parseSecretKey(text: string): KeyText | undefined {
  return splitKey(text.trim(), SECRET_LENGTH);
}

/** A key as Nix writes it. */
export function formatKey({ name, bytes }: KeyText): string {
  return `${name}:${Buffer.from(bytes).toString('base64')}`;
}
