import { PullpinError, printable } from '../errors.js';

/** Enough of a digest to recognise it: what docker shows of an id. */
export function shortDigest(digest: string): string {
  return digest.startsWith('sha256:') ? digest.slice(7, 19) : 'none';
}

/** A content address: `sha256:` and 64 lower-case hex digits. skopeo and Nix's pullImage accept no other algorithm for an image. */
export type Digest = `sha256:${string}`;

/** A blob may also lie under a sha512 digest: 128 lower-case hex digits. */
export type BlobDigest = Digest | `sha512:${string}`;

const SHA256 = /^sha256:[0-9a-f]{64}$/;
const SHA512 = /^sha512:[0-9a-f]{128}$/;

/** Some text is not a digest that an image can be pinned by. */
export class DigestError extends PullpinError {
  constructor(readonly text: string) {
    super(`'${printable(text)}' is not a digest: expected sha256: and 64 lower-case hex digits`);
  }
}

export function isDigest(text: string): text is Digest {
  return SHA256.test(text);
}

export function isBlobDigest(text: string): text is BlobDigest {
  return SHA256.test(text) || SHA512.test(text);
}

/** Throws a DigestError unless `text` is a sha256 digest. */
export function parseDigest(text: string): Digest {
  if (!isDigest(text)) throw new DigestError(text);
  return text;
}

/** The name of the digest's algorithm as node:crypto spells it. */
export function algorithmOf(digest: BlobDigest): 'sha256' | 'sha512' {
  return digest.startsWith('sha256:') ? 'sha256' : 'sha512';
}

/** The hex digits behind the algorithm's name. */
export function hexOf(digest: BlobDigest): string {
  return digest.slice('sha256:'.length);
}

// Empty, as Nix shows the hash of nothing (`lib.fakeHash`), or zeros (`lib.fakeSha256`).
const PLACEHOLDER = /^(?:sha256:|(?:sha256:)?0{64}|sha256-A{43}=)?$/;

/** Whether a text stands for a digest that is still to be filled in. */
export function isPlaceholderDigest(text: string): boolean {
  return PLACEHOLDER.test(text);
}
