import type { Cache } from '../cache/cache.js';
import type { Registries } from '../oci/image-source.js';
import type { RepositoryName } from '../oci/reference.js';
import type { HashBackend } from '../prefetch/targets/backend.js';
import type { PrefetchRequest } from '../prefetch/targets/target.js';
import type { KeptArchive } from './keep-archive.js';
import type { PinSettings } from './pin.js';

/** What all look-ups of one run share. */
export interface LookUpOptions {
  readonly registries: Registries;
  readonly cache?: Cache | undefined;
  /** Where a layer is kept that has to be read twice. */
  readonly temporaryFolder: string;
  /** The largest layer that is kept there, in bytes. */
  readonly maxSpool?: number | undefined;
  /** Where the archives of new pins are kept; nowhere when omitted. */
  readonly keep?: KeptArchive | undefined;
  /** Another program that computes hashes. */
  readonly backend?: HashBackend | undefined;
  /** Throws for an image that must be signed and is not. */
  readonly checkSignature?: PinSettings['checkSignature'];
  /** Called when the download of an image may start; what it returns is called as the image arrives. */
  readonly onDownload?: ((image: RepositoryName) => PrefetchRequest['onProgress']) | undefined;
}
