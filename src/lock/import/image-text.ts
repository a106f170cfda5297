import { digestFlaw } from '../../nix/find/images/flaws.js';
import { parseHash } from '../../nix/literals/hash.js';
import { type Digest, isDigest, parseDigest } from '../../oci/digest.js';
import { formatReference, parseReference } from '../../oci/reference.js';
import { ImportError } from './foreign-images.js';

/** An image as images.toml has it, and the digest for the lock. */
export interface WrittenImage {
  readonly image: string;
  readonly digest: Digest | undefined;
}

/**
 * Splits an image into what a tag leads to and the digest that it has now. One without a tag keeps its digest, because no tag is known that it could
 * follow: none in the text, none in a comment, and no rule that could choose one. Throws an InvalidReferenceError.
 */
export function writtenImage(
  text: string,
  { tag: noted, isMoving }: { readonly tag: string | undefined; readonly isMoving: boolean },
): WrittenImage {
  const { name, tag = noted, digest } = parseReference(text);
  return { image: formatReference({ name, tag, digest: tag === undefined && !isMoving ? digest : undefined }), digest };
}

/** A digest as a tool recorded it; undefined where it recorded none. Throws an ImportError. */
export function recordedDigest(text: string | undefined): Digest | undefined {
  if (text === undefined || text === '') return undefined;
  if (isDigest(text)) return parseDigest(text);
  throw new ImportError(digestFlaw(text) ?? 'its digest is not filled in');
}

/** A hash as a tool recorded it, in any form of Nix; undefined where it recorded none. Throws a HashError. */
export function recordedHash(text: string | undefined): Digest | undefined {
  return text === undefined || text === '' ? undefined : parseHash(text).hash;
}
