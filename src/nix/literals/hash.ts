import { PullpinError, printable } from '../../errors.js';
import { type Digest, hexOf, isDigest } from '../../oci/digest.js';

/** How Nix writes a sha256: `sha256-` and base64 with padding, 52 letters of Nix's own base 32, or 64 hex digits. */
export type HashFormat = 'sri' | 'nix32' | 'hex';

/** The forms in which hashes can be written. */
export const HASH_FORMATS: readonly HashFormat[] = ['sri', 'nix32', 'hex'];

/** A text is not a sha256 in a form of Nix. */
export class HashError extends PullpinError {
  constructor(
    readonly text: string,
    problem: string,
  ) {
    super(`'${printable(text)}' is not a sha256 that Nix knows: ${problem}`);
  }
}

/** A hash, and the form in which it was written. `prefixed` is true when `sha256:` was in front of it. */
export interface ParsedHash {
  readonly hash: Digest;
  readonly format: HashFormat | 'base64';
  readonly prefixed: boolean;
}

/** The alphabet of Nix's base 32 omits e, o, t and u (libutil/hash.cc). */
const NIX32 = '0123456789abcdfghijklmnpqrsvwxyz';

/**
 * The hash in one of Nix's forms.
 *
 * @example
 * ```js
 * import { formatHash } from 'pullpin';
 *
 * const empty = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
 * console.log(formatHash(empty, 'sri')); // sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
 * console.log(formatHash(empty, 'nix32')); // 0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73
 * ```
 */
export function formatHash(hash: Digest, format: HashFormat): string {
  const hex = hexOf(hash);
  if (format === 'hex') return hex;
  const bytes = Buffer.from(hex, 'hex');
  return format === 'sri' ? `sha256-${bytes.toString('base64')}` : toNix32(bytes);
}

/** Reads a hash in any form of sha256 that Nix accepts. Throws a HashError. */
export function parseHash(text: string): ParsedHash {
  const [, prefix = '', value = text] = /^(sha256[-:])?(.*)$/s.exec(text) ?? [];
  if (prefix === 'sha256-') return { hash: fromBase64(text, value), format: 'sri', prefixed: false };
  const prefixed = prefix !== '';
  switch (value.length) {
    case 44:
      return { hash: fromBase64(text, value), format: 'base64', prefixed };
    case 52:
      return { hash: fromNix32(text, value), format: 'nix32', prefixed };
    case 64:
      return { hash: fromHex(text, value), format: 'hex', prefixed };
    default:
      throw new HashError(text, `${value.length} characters, but a hash has 44 (base64), 52 (base 32) or 64 (hex)`);
  }
}

function fromHex(text: string, value: string): Digest {
  const digest = `sha256:${value.toLowerCase()}`;
  if (isDigest(digest)) return digest;
  throw new HashError(text, 'not all characters are hex digits');
}

function fromBase64(text: string, value: string): Digest {
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length === 32 && bytes.toString('base64') === value) return digestFrom(bytes);
  throw new HashError(text, 'the base64 does not stand for 32 bytes');
}

/** The last letter holds the lowest five bits; the first one has only one bit to hold. */
function fromNix32(text: string, value: string): Digest {
  const bytes = Buffer.alloc(32);
  for (const [index, letter] of [...value].reverse().entries()) {
    const digit = NIX32.indexOf(letter);
    if (digit < 0) throw new HashError(text, `'${printable(letter)}' is not a letter of Nix's base 32`);
    const [at, shift] = [(index * 5) >> 3, (index * 5) % 8];
    const bits = digit << shift;
    bytes[at] = (bytes[at] ?? 0) | (bits & 0xff);
    if (bits >> 8 !== 0 && at + 1 >= bytes.length) throw new HashError(text, 'it stands for more than 32 bytes');
    if (at + 1 < bytes.length) bytes[at + 1] = (bytes[at + 1] ?? 0) | (bits >> 8);
  }
  return digestFrom(bytes);
}

function toNix32(bytes: Uint8Array): string {
  const letters = Array.from({ length: Math.ceil((bytes.length * 8) / 5) }, (_, index) => {
    const [at, shift] = [(index * 5) >> 3, (index * 5) % 8];
    const bits = ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)) >> shift;
    return NIX32[bits & 0x1f] ?? '';
  });
  return letters.reverse().join('');
}

function digestFrom(bytes: Buffer): Digest {
  return `sha256:${bytes.toString('hex')}`;
}

/** The hash of all zeros, which no file has: a placeholder for one that is still to be filled in. */
export const ZERO_HASH: Digest = `sha256:${'0'.repeat(64)}`;

/** A hash as it is written; undefined for any other text. */
export function readHash(text: string): ParsedHash | undefined {
  try {
    return parseHash(text);
  } catch (error) {
    if (error instanceof HashError) return undefined;
    throw error;
  }
}

/** Whether a text stands where a hash is still to be filled in: it is empty, `lib.fakeHash`, or all zeros. Nix takes an empty text for zeros. */
export function isPlaceholder(text: string, read: ParsedHash | undefined = readHash(text)): boolean {
  return read === undefined ? text.trim() === '' : read.hash === ZERO_HASH;
}
