import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hexOf } from '../../src/oci/digest.js';
import type { ImageContent } from './images.js';

/** Writes images into a folder as an OCI image layout; an image whose tag is the empty string gets no ref.name. */
export function writeLayout(folder: string, images: Readonly<Record<string, ImageContent>>): void {
  for (const [path, bytes] of layoutFiles(images)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

/** The files of the layout, by their path in it. */
export function layoutFiles(images: Readonly<Record<string, ImageContent>>): Map<string, Uint8Array> {
  const manifests = Object.entries(images).map(([tag, { root }]) => ({
    mediaType: root.mediaType,
    digest: root.digest,
    size: root.bytes.length,
    ...(tag === '' ? {} : { annotations: { 'org.opencontainers.image.ref.name': tag } }),
  }));
  const files = new Map<string, Uint8Array>([
    ['oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}')],
    ['index.json', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests }))],
  ]);
  for (const content of Object.values(images)) {
    for (const [digest, bytes] of content.blobs) files.set(`blobs/sha256/${hexOf(digest)}`, bytes);
    for (const { digest, bytes } of content.manifests) files.set(`blobs/sha256/${hexOf(digest)}`, bytes);
  }
  return files;
}
