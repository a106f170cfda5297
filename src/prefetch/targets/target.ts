import type { ArchiveLayout } from '../../archive/archive-layout.js';
import type { ArchiveName } from '../../archive/docker-archive.js';
import type { Cache } from '../../cache/cache.js';
import type { Digest } from '../../oci/digest.js';
import type { ImageManifest } from '../../oci/manifest.js';
import type { BlobSource } from '../download/bounded-source.js';
import type { OnProgress } from '../download/read-ahead.js';
import type { ArchiveFile } from '../hashing/written-hash.js';

/** What Nix would fetch: the file of `dockerTools.pullImage`, in the layout of today's skopeo unless another one is named, or the folder of nix2container's `pullImage`. */
export type Target =
  | { readonly type: 'docker-archive'; readonly name: ArchiveName; readonly layout?: ArchiveLayout | undefined }
  | { readonly type: 'nar' };

/** One image to be hashed. */
export interface PrefetchRequest {
  readonly source: BlobSource;
  readonly manifest: ImageManifest;
  /** Where a layer is kept that has to be read twice. */
  readonly temporaryFolder: string;
  /** The largest layer that is kept there, in bytes, and the largest one whose size the manifest does not give; 8 GiB when omitted. */
  readonly maxSpool?: number | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** Where hashes are kept, so that no image is downloaded twice for the same one. */
  readonly cache?: Cache | undefined;
  /** Gets the docker-archive, with the name that was asked for last. Nothing is taken from the cache then that would leave it incomplete. */
  readonly archiveFile?: ArchiveFile | undefined;
}

/** `sha256` is what Nix compares: of the file, or of the folder's NAR; `size` is in bytes of what was hashed. */
export interface Prefetched {
  readonly sha256: Digest;
  readonly size: number;
  /** The exact bytes of the image's config. */
  readonly config: Uint8Array;
}
