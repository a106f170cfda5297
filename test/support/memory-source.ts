import type { Digest } from '../../src/oci/digest.js';
import type { ImageSource, StoredManifest } from '../../src/oci/image-source.js';
import type { ImageContent } from './images.js';

/** An image as a source of its own: what a registry would serve of it, in pieces of at most 1000 bytes, under any tag. */
export function memorySource(content: ImageContent): ImageSource {
  const manifests = new Map<string, StoredManifest>(content.manifests.map((manifest) => [manifest.digest, manifest]));
  const blobs: ReadonlyMap<string, Uint8Array> = content.blobs;
  const blobOf = (digest: string): Uint8Array => {
    const bytes = blobs.get(digest);
    if (!bytes) throw new TypeError(`the image has no blob ${digest}`);
    return bytes;
  };
  return {
    tlsVerify: true,
    async resolve(): Promise<Digest> {
      return content.root.digest;
    },
    async manifest(tagOrDigest) {
      return manifests.get(tagOrDigest) ?? content.root;
    },
    async *blob({ digest }) {
      const bytes = blobOf(digest);
      for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
    },
    async blobEnd({ digest }, length) {
      return blobOf(digest).subarray(-length);
    },
  };
}
