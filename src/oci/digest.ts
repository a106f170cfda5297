import { createHash } from 'node:crypto';
import { PullpinError } from '../errors.js';

/** A content address: `sha256:` and 64 lower-case hex digits. The only algorithm that skopeo's archives and Nix's pullImage know. */
export type Digest = `sha256:${string}`;

const SHA256 = /^sha256:[0-9a-f]{64}$/;

/** Some text is not a digest that an image can be pinned by. */
export class DigestError extends PullpinError {
  constructor(readonly text: string) {
    super(`'${text}' is not a digest: expected sha256: and 64 lower-case hex digits`);
  }
}

export function isDigest(text: string): text is Digest {
  return SHA256.test(text);
}

/** Throws a DigestError unless `text` is a sha256 digest. */
export function parseDigest(text: string): Digest {
  if (!isDigest(text)) throw new DigestError(text);
  return text;
}

/** The digest of some bytes. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The 64 hex digits behind the algorithm's name. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}
