import { printable, UsageError } from '../errors.js';
import { choosePlatform, isChosenByNix } from '../oci/choose-platform.js';
import { type Digest, isDigest } from '../oci/digest.js';
import type { ImageSource } from '../oci/image-source.js';
import { type ImageIndex, type ImageManifest, type IndexEntry, ManifestError, parseManifest } from '../oci/manifest.js';
import { formatPlatform, type Platform } from '../oci/platform.js';
import type { LookUpPlace } from './open-image.js';

/** Which digest a pin carries: what the tag resolves to, or that of one platform's manifest. */
export type DigestChoice = 'index' | 'platform';

/** A look-up in a source that is open. */
export interface ResolveRequest extends LookUpPlace {
  readonly platform: Platform;
  readonly digest?: DigestChoice | undefined;
}

/** What a tag or digest stands for, for one platform. */
export interface Resolution {
  /** What a pin should carry. */
  readonly imageDigest: Digest;
  readonly manifest: ImageManifest;
  /** The index through which the manifest was chosen, if there is one. */
  readonly index?: ImageIndex;
  /** What the user should know. */
  readonly warnings: readonly string[];
}

/** Looks up the manifests of an image: one request, or two when it has an index. Throws a PullpinError. */
export async function resolve({ source, tagOrDigest, platform, digest }: ResolveRequest): Promise<Resolution> {
  const found = parseManifest(await source.manifest(tagOrDigest));
  if (found.type === 'image') return { imageDigest: found.stored.digest, manifest: found, warnings: [] };
  const entry = choosePlatform(found, platform);
  const manifest = await fetchEntry(source, found, entry);
  const isReachable = isChosenByNix(found, platform);
  if (!isReachable && digest === 'index') throw unreachable(platform);
  if (isReachable && digest !== 'platform')
    return { imageDigest: found.stored.digest, manifest, index: found, warnings: [] };
  const warnings = isReachable
    ? []
    : [`${formatPlatform(platform)} is pinned by its own digest, because pullImage cannot choose a variant`];
  return { imageDigest: manifest.stored.digest, manifest, index: found, warnings };
}

/** The image that an entry of an index points at. Throws a ManifestError when it is not an image. */
export async function fetchEntry(source: ImageSource, index: ImageIndex, entry: IndexEntry): Promise<ImageManifest> {
  const { digest } = entry;
  if (!isDigest(digest)) {
    const shown = printable(digest, 100);
    throw new ManifestError(index.stored.digest, `lists an image by '${shown}', which is not a sha256 digest`);
  }
  const manifest = parseManifest(await source.manifest(digest));
  if (manifest.type === 'image') return manifest;
  throw new ManifestError(
    digest,
    `is an index within the index ${index.stored.digest}, which skopeo refuses; name this inner digest in place of the tag`,
  );
}

function unreachable(platform: Platform): UsageError {
  const name = formatPlatform(platform);
  return new UsageError(
    `pullImage cannot choose ${name} from an index, because it knows no variant: omit --digest index`,
  );
}
