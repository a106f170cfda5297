import { NAR_BEGIN, NAR_END, narFileFooter, narFileHeader } from '../../archive/nar.js';
import type { Descriptor } from '../../oci/descriptor.js';
import { hexOf, isDigest } from '../../oci/digest.js';
import type { ImageManifest } from '../../oci/manifest.js';
import { digestOf, verified } from '../../oci/verified.js';
import type { BlobSource } from '../download/bounded-source.js';
import { ReadAhead } from '../download/read-ahead.js';
import { ArchiveHash, type Content, type Frame, type MemberData } from '../hashing/archive-hash.js';
import { fetchConfig } from '../image/config.js';
import { checkCopyable, ImageRefusedError } from '../image/refusals.js';
import type { Prefetched, PrefetchRequest } from './target.js';

const VERSION = Buffer.from('Directory Transport Version: 1.1\n');

/**
 * The NAR hash of the folder that `skopeo copy docker://NAME@DIGEST dir:FOLDER` writes, which is what nix2container's `pullImage` fetches:
 * the blobs as they are stored, under their hex digests, the manifest and a version. Nothing is written. Throws a PullpinError.
 */
export async function prefetchNar({ source, manifest, onProgress }: PrefetchRequest): Promise<Prefetched> {
  checkCopyable(manifest);
  const files = blobsByName(manifest);
  const blobs = new ReadAhead(
    source,
    files.filter((file) => file !== manifest.config),
    onProgress,
  );
  try {
    const config = await fetchConfig(source, manifest);
    const archive = new ArchiveHash();
    archive.update(NAR_BEGIN);
    for (const file of files) {
      if (file === manifest.config) appendFile(archive, hexOf(config.digest), config.bytes);
      else await archive.append(memberData(file, blobs.read(file), source), fileFrame(hexOf(file.digest)));
    }
    appendFile(archive, 'manifest.json', manifest.stored.bytes);
    appendFile(archive, 'version', VERSION);
    return { ...archive.endWith(NAR_END), config: config.bytes };
  } finally {
    blobs.closeAll();
  }
}

function memberData(descriptor: Descriptor, blob: AsyncIterable<Uint8Array>, source: BlobSource): MemberData {
  const { digest, size } = descriptor;
  return {
    expected: size >= 0 ? { digest, size } : undefined,
    read: () => contentOf(descriptor, blob),
    readAgain: () => contentOf(descriptor, source.blob(descriptor)),
  };
}

async function* contentOf(
  descriptor: Descriptor,
  blob: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, Content> {
  let size = 0;
  for await (const chunk of verified(blob, descriptor)) {
    size += chunk.length;
    yield chunk;
  }
  return { digest: descriptor.digest, size };
}

/** Each blob once, in the order in which a NAR lists the files. */
function blobsByName({ config, layers }: ImageManifest): Descriptor[] {
  const distinct = new Map([...layers, config].map((blob) => [blob.digest, blob]));
  const sha512 = [...distinct.keys()].find((digest) => !isDigest(digest));
  if (sha512)
    throw new ImageRefusedError(`the blob ${sha512} is not named by a sha256 digest, which skopeo refuses here`);
  return [...distinct.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
}

function fileFrame(name: string): Frame {
  return { header: ({ size }) => narFileHeader(name, size), footer: ({ size }) => narFileFooter(size) };
}

function appendFile(archive: ArchiveHash, name: string, bytes: Uint8Array): void {
  const frame = fileFrame(name);
  const content: Content = { digest: digestOf(bytes), size: bytes.length };
  archive.update(frame.header(content));
  archive.update(bytes);
  archive.update(frame.footer(content));
}
