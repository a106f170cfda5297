import { choosePlatform } from '../oci/choose-platform.js';
import type { Digest } from '../oci/digest.js';
import { type ImageFacts, imageFacts } from '../oci/image-facts.js';
import type { ImageSource } from '../oci/image-source.js';
import { type ImageIndex, type ImageManifest, parseManifest } from '../oci/manifest.js';
import { DEFAULT_PLATFORM, type Platform } from '../oci/platform.js';
import { fetchConfig } from '../prefetch/image/config.js';
import { fetchEntry } from './resolve.js';

/** What can be told of an image without downloading its layers. */
export interface Inspection {
  /** What the tag resolves to. */
  readonly digest: Digest;
  readonly mediaType: string;
  /** All platforms, when there is an index. */
  readonly index?: ImageIndex;
  /** The image of one platform. */
  readonly manifest: ImageManifest;
  readonly facts: ImageFacts;
}

/** Looks at an image: its manifests and its config. Throws a PullpinError. */
export async function inspectImage(
  source: ImageSource,
  tagOrDigest: string,
  platform: Platform = DEFAULT_PLATFORM,
): Promise<Inspection> {
  const root = parseManifest(await source.manifest(tagOrDigest));
  const manifest = root.type === 'image' ? root : await fetchEntry(source, root, choosePlatform(root, platform));
  const config = await fetchConfig(source, manifest);
  const { digest, mediaType } = root.stored;
  return {
    digest,
    mediaType,
    ...(root.type === 'index' && { index: root }),
    manifest,
    facts: imageFacts(config.bytes),
  };
}
