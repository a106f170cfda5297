import { join } from 'node:path';
import { printable, UsageError } from '../errors.js';
import type { Descriptor } from '../oci/descriptor.js';
import { algorithmOf, type BlobDigest, type Digest, hexOf, isDigest } from '../oci/digest.js';
import type { ImageSource, OpenedImage, StoredManifest } from '../oci/image-source.js';
import { type ImageIndex, type IndexEntry, ManifestError, parseManifest } from '../oci/manifest.js';
import { INDEX_TYPES, OCI_INDEX } from '../oci/media-types.js';
import { BlobMismatchError, digestOf } from '../oci/verified.js';
import { LayoutError, openLayoutFile, readLayoutFile } from './layout-files.js';
import { type LayoutReference, parseLayoutReference } from './layout-reference.js';

const PIECE = 1024 * 1024;
const TAG_ANNOTATION = 'org.opencontainers.image.ref.name';

/**
 * Opens an image of an OCI layout (image-spec, image-layout.md), as `docker buildx --output type=oci,tar=false` and `skopeo copy … oci:`
 * write it; a text is `oci:FOLDER[:TAG]`. Throws a LayoutError, and a UsageError when the layout holds several images and no tag says which.
 */
export async function openOciLayout(
  place: LayoutReference | string,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Required<OpenedImage>> {
  const { folder, tag } = typeof place === 'string' ? parseLayoutReference(place) : place;
  const index = await readIndex(folder);
  const { digest } = findEntry(folder, index, tag);
  if (!isDigest(digest))
    throw new LayoutError(
      folder,
      `index.json lists an image by '${printable(digest, 100)}', which is not a sha256 digest`,
    );
  return { source: new OciLayout(folder, index.entries, signal), digest };
}

async function readIndex(folder: string): Promise<ImageIndex> {
  const bytes = await readLayoutFile(folder, 'index.json');
  try {
    const index = parseManifest({ bytes, mediaType: OCI_INDEX, digest: digestOf(bytes) });
    if (index.type === 'index') return index;
  } catch (cause) {
    if (!(cause instanceof ManifestError)) throw cause;
    throw new LayoutError(folder, `index.json ${cause.problem}`, { cause });
  }
  throw new LayoutError(folder, 'index.json is not an index');
}

function known(tags: readonly (string | undefined)[], list: string, folder: string): string {
  const isNameless = tags.length === 1 && tags[0] === undefined;
  return isNameless ? `its only image has no tag: write --from oci:${printable(folder)}` : `there are: ${list}`;
}

function findEntry(folder: string, index: ImageIndex, tag: string | undefined): IndexEntry {
  const tags = index.entries.map((entry) => entry.annotations[TAG_ANNOTATION]);
  const found = tag === undefined ? index.entries : index.entries.filter((_, at) => tags[at] === tag);
  const [entry, ...others] = found;
  const list = tags
    .map((name, at) => name ?? index.entries[at]?.digest ?? '')
    .map((name) => printable(name))
    .join(', ');
  if (!entry)
    throw new LayoutError(
      folder,
      tag === undefined ? 'it holds no image' : `it has no image '${printable(tag)}'; ${known(tags, list, folder)}`,
    );
  const isAmbiguous = others.some((other) => other.digest !== entry.digest);
  if (isAmbiguous)
    throw new UsageError(
      `OCI layout ${folder} holds several images: write --from oci:${folder}:TAG with one of ${list}`,
    );
  return entry;
}

/** The images of one layout. Blobs are found by their digests only, and links are not followed. */
class OciLayout implements ImageSource {
  readonly tlsVerify = true;
  /** A layout has no Content-Type. The media type of a manifest is in the index that lists it. */
  private readonly mediaTypes = new Map<string, string>();

  constructor(
    private readonly folder: string,
    entries: readonly IndexEntry[],
    private readonly signal: AbortSignal | undefined,
  ) {
    this.learn(entries);
  }

  async resolve(tag: string): Promise<Digest> {
    return (await openOciLayout({ folder: this.folder, tag })).digest;
  }

  async manifest(tagOrDigest: string): Promise<StoredManifest> {
    const digest = isDigest(tagOrDigest) ? tagOrDigest : await this.resolve(tagOrDigest);
    const bytes = await readLayoutFile(this.folder, blobPath(digest));
    const actual = digestOf(bytes);
    if (actual !== digest) throw new BlobMismatchError(digest, bytes.length, actual);
    const stored = { bytes, digest, mediaType: this.mediaTypes.get(digest) ?? '' };
    if (INDEX_TYPES.has(stored.mediaType)) this.learnFrom(stored);
    return stored;
  }

  async *blob({ digest }: Descriptor): AsyncGenerator<Uint8Array> {
    const file = await openLayoutFile(this.folder, blobPath(digest));
    try {
      for (;;) {
        this.signal?.throwIfAborted();
        const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(PIECE), 0, PIECE, null);
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }

  async blobEnd({ digest }: Descriptor, length: number): Promise<Uint8Array | undefined> {
    const file = await openLayoutFile(this.folder, blobPath(digest));
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, Math.max(0, size - length));
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  private learnFrom(stored: StoredManifest): void {
    const index = parseManifest(stored);
    if (index.type === 'index') this.learn(index.entries);
  }

  private learn(entries: readonly IndexEntry[]): void {
    for (const { digest, mediaType } of entries) this.mediaTypes.set(digest, mediaType.toLowerCase());
  }
}

function blobPath(digest: BlobDigest): string {
  return join('blobs', algorithmOf(digest), hexOf(digest));
}
