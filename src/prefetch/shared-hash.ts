import type { Cache } from '../cache/cache.js';
import { PullpinError } from '../errors.js';
import { isSize } from '../oci/descriptor.js';
import { type Digest, isDigest } from '../oci/digest.js';
import type { ImageManifest } from '../oci/manifest.js';
import { digestOf } from '../oci/verified.js';
import type { Prefetched } from './targets/target.js';

/** Configs above this size, in bytes, are not shared: an entry is small. */
const MAX_CONFIG = 32 * 1024;

/** What another machine says of an image. `config` is there only where it is the image's own. */
export interface SharedHash {
  readonly sha256: Digest;
  readonly size: number;
  readonly config: Uint8Array | undefined;
}

/** A hash of the shared cache was computed again, and is another one. */
export class SharedHashError extends PullpinError {
  constructor(place: string, image: Digest, shared: Digest, computed: Digest) {
    super(
      `the shared cache ${place} has a wrong hash for ${image}: it says ${shared}, and the image has ${computed}. Who holds a trusted key has written it, by mistake or not: remove what the cache has, and find out who wrote it before you use it again`,
    );
  }
}

/** What other machines know of an image. @param key everything that the hash depends on */
export async function sharedHash(
  cache: Cache | undefined,
  key: string,
  manifest: ImageManifest,
): Promise<SharedHash | undefined> {
  const { sha256, size, config } = (await cache?.shared?.get('hash', key)) ?? {};
  if (typeof sha256 !== 'string' || !isDigest(sha256) || !isSize(size)) return undefined;
  return { sha256, size, config: typeof config === 'string' ? ownConfig(config, manifest) : undefined };
}

/** Tells other machines what this one has computed. */
export async function shareHash(
  cache: Cache | undefined,
  key: string,
  { sha256, size, config }: Prefetched,
): Promise<void> {
  if (!cache?.shared?.isWritten) return;
  const shown = config.length <= MAX_CONFIG ? { config: Buffer.from(config).toString('base64') } : {};
  await cache.shared.set('hash', key, { sha256, size, ...shown });
}

/** Throws a SharedHashError for a shared hash that is not the computed one. */
export function checkShared(
  cache: Cache | undefined,
  shared: SharedHash | undefined,
  { stored }: ImageManifest,
  { sha256, size }: Prefetched,
): void {
  if (!shared || (shared.sha256 === sha256 && shared.size === size)) return;
  throw new SharedHashError(cache?.shared?.place ?? '', stored.digest, shared.sha256, sha256);
}

/** The bytes of the config, when they are those that the manifest names: nobody can say anything else of an image. */
function ownConfig(text: string, { config }: ImageManifest): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  const isOwn = digestOf(bytes) === config.digest && (config.size === bytes.length || config.size === -1);
  return isOwn ? bytes : undefined;
}
