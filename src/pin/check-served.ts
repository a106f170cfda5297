import { type FailureKind, PullpinError } from '../errors.js';
import type { Digest } from '../oci/digest.js';
import type { ImageSource } from '../oci/image-source.js';
import type { Reference } from '../oci/reference.js';
import type { Resolution } from './resolve.js';

/** A registry serves a tag or an index, and no longer what it leads to: Nix, which asks by digest, gets nothing. */
export class DigestGoneError extends PullpinError {
  override readonly kind: FailureKind = 'not-found';

  constructor(
    readonly digest: Digest,
    /** What has led to the digest. */
    readonly by: 'tag' | 'index',
    options?: ErrorOptions,
  ) {
    super(
      `the registry serves the ${by}, and nothing under the digest ${digest} that it leads to, by which Nix asks: push the image again`,
      options,
    );
  }
}

/**
 * Asks once by digest for what a tag or an index has led to: one HEAD, for which nothing that is remembered stands in. Throws a DigestGoneError. Any
 * other failure is ignored, because this look-up is an additional one.
 */
export async function checkServed(source: ImageSource, digest: Digest, by: 'tag' | 'index'): Promise<void> {
  if (source.hasServed?.(digest)) return;
  try {
    await source.resolve(digest);
  } catch (cause) {
    if (!(cause instanceof PullpinError)) throw cause;
    if (cause.kind === 'not-found') throw new DigestGoneError(digest, by, { cause });
  }
}

/** Nix asks for the digest of the pin, and through an index for that of its image. */
export async function checkResolution(
  source: ImageSource,
  { digest }: Reference,
  resolution: Resolution,
): Promise<void> {
  const { imageDigest, manifest } = resolution;
  const image = manifest.stored.digest;
  await Promise.all([
    digest === undefined && checkServed(source, imageDigest, 'tag'),
    image !== imageDigest && checkServed(source, image, 'index'),
  ]);
}
