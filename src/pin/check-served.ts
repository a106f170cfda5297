import type { Cache } from '../cache/cache.js';
import { lastDigests, rememberDigests } from '../cache/image-digests.js';
import { type FailureKind, PullpinError } from '../errors.js';
import type { Digest } from '../oci/digest.js';
import type { ImageSource } from '../oci/image-source.js';
import { formatPlatform, type Platform } from '../oci/platform.js';
import { formatRepository, type Reference, tagOrDigestOf } from '../oci/reference.js';
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
export async function checkServed(
  source: Pick<ImageSource, 'hasServed' | 'resolve'>,
  digest: Digest,
  by: 'tag' | 'index',
): Promise<void> {
  if (source.hasServed?.(digest)) return;
  try {
    await source.resolve(digest);
  } catch (cause) {
    if (!(cause instanceof PullpinError)) throw cause;
    if (cause.kind === 'not-found') throw new DigestGoneError(digest, by, { cause });
  }
}

/** An image as it is asked for, and what earlier runs found out. */
interface ImageRequest {
  readonly source: ImageSource;
  readonly reference: Reference;
  readonly platform: Platform;
  readonly cache?: Cache | undefined;
}

/** Makes sure that the registry serves the digests by which Nix will ask for what a look-up has led to. Throws a DigestGoneError. */
export type CheckResolution = (resolution: Resolution) => Promise<void>;

/**
 * Nix asks for the digest of the pin, and through an index for that of its image. Those that the image led to in the last run are asked for at once, beside
 * the look-up of its tag, which saves the wait for a second answer. They count only if the image leads there again. As nobody may read these answers, no
 * more is done for them than one question: what it does not find is asked for anew if it is needed.
 */
export function startServedCheck({ source, reference, platform, cache }: ImageRequest): CheckResolution {
  const key = `${formatRepository(reference)} ${tagOrDigestOf(reference)} ${formatPlatform(platform)}`;
  const last = cache ? lastDigests(cache, key) : [];
  const asked = new Map(last.map((digest) => [digest, source.isThere?.(digest).catch(() => false)]));
  const ahead = {
    hasServed: (digest: Digest): boolean => source.hasServed?.(digest) ?? false,
    resolve: async (digest: Digest): Promise<Digest> => ((await asked.get(digest)) ? digest : source.resolve(digest)),
  };
  return async ({ imageDigest, manifest }) => {
    const image = manifest.stored.digest;
    const digests = [
      ...(reference.digest === undefined ? [{ digest: imageDigest, by: 'tag' as const }] : []),
      ...(image === imageDigest ? [] : [{ digest: image, by: 'index' as const }]),
    ];
    await Promise.all(digests.map(({ digest, by }) => checkServed(ahead, digest, by)));
    const now = digests.map(({ digest }) => digest);
    if (cache && now.join() !== last.join()) rememberDigests(cache, key, now);
  };
}
