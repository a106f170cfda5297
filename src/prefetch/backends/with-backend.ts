import { PullpinError } from '../../errors.js';
import type { Digest } from '../../oci/digest.js';
import { formatRepository, type RepositoryName } from '../../oci/reference.js';
import { fetchConfig } from '../image/config.js';
import type { HashBackend } from '../targets/backend.js';
import type { Prefetched, PrefetchRequest, Target } from '../targets/target.js';

/** Which backend takes part, and the image as it knows it. */
export interface BackendRequest {
  readonly backend: HashBackend;
  readonly name: RepositoryName;
  /** False once the registry was reached without verified TLS. */
  readonly isVerified: () => boolean;
}

/** Two backends make different things of an image. */
export class BackendsDifferError extends PullpinError {
  constructor(image: string, ours: Digest, theirs: Digest) {
    super(`${image}: the hash is ${ours} by pullpin and ${theirs} by skopeo, so no pin is made: please report this`);
  }
}

/** The hash of an image when a backend takes part. `ours` computes it without the backend. Throws a PullpinError. */
export async function prefetchWithBackend(
  { backend, name, isVerified }: BackendRequest,
  { source, manifest }: Pick<PrefetchRequest, 'source' | 'manifest'>,
  target: Target,
  ours: () => Promise<Prefetched>,
): Promise<Prefetched> {
  const { digest } = manifest.stored;
  const own = backend.isCompared ? await ours() : undefined;
  const archive = target.type === 'nar' ? undefined : target.name;
  const theirs = await backend.hash({ name, digest, tlsVerify: isVerified() }, archive);
  if (!own) return { ...theirs, config: (await fetchConfig(source, manifest)).bytes };
  if (own.sha256 === theirs.sha256) return own;
  throw new BackendsDifferError(`${formatRepository(name)}@${digest}`, own.sha256, theirs.sha256);
}
