import { DOCKER_ARCHIVE_LAYOUT } from '../../../archive/archive-layout.js';
import type { Cache } from '../../../cache/cache.js';
import type { ImageManifest } from '../../../oci/manifest.js';
import { isDecompressedLayer } from '../../../oci/media-types.js';
import { ArchiveHash } from '../../hashing/archive-hash.js';
import { NativeHash, type RunningHash } from '../../hashing/running-hash.js';
import { WrittenHash } from '../../hashing/written-hash.js';
import type { PrefetchRequest } from '../target.js';
import { LayerCache } from './layer-cache.js';
import { extended, NO_LAYERS, reusable, sizeOf, type WrittenLayers } from './written-layers.js';

/** Where the hashing of an archive begins: at its first byte, or behind layers that an earlier run has hashed. */
export interface ArchiveStart {
  readonly archive: ArchiveHash;
  readonly written: WrittenLayers;
  readonly known?: LayerCache | undefined;
}

/** Starts as far into the archive of an image as the cache allows, and at its first byte when the archive is written into a file. */
export async function startArchive({ manifest, cache, archiveFile }: PrefetchRequest): Promise<ArchiveStart> {
  const known = cache && new LayerCache(cache, DOCKER_ARCHIVE_LAYOUT);
  if (archiveFile) return { known, archive: new ArchiveHash(new WrittenHash(archiveFile)), written: NO_LAYERS };
  if (!cache || !known) return { archive: new ArchiveHash(), written: NO_LAYERS };
  const resumed = await resume(manifest, known);
  return { known, ...(resumed ?? { archive: new ArchiveHash(await firstHash(manifest, cache)), written: NO_LAYERS }) };
}

/** Images whose download is smaller than this, in bytes, are not worth a second hash. */
const WORTH_KEEPING = 16 * 1024 * 1024;

async function firstHash({ layers }: ImageManifest, cache: Cache): Promise<RunningHash> {
  const size = layers.reduce((sum, layer) => sum + layer.size, 0);
  if (size < WORTH_KEEPING) return new NativeHash();
  const { RecordingHash } = await import('../../hashing/saved-hash.js');
  return RecordingHash.create(() => performance.now(), cache.keepsAllStates);
}

/** Resumes where the earlier run ended that had hashed the most of these layers; undefined when there was no such run. */
async function resume({ layers }: ImageManifest, known: LayerCache): Promise<ArchiveStart | undefined> {
  const prefixes: WrittenLayers[] = [];
  let prefix = NO_LAYERS;
  for (const layer of layers) {
    const content = reusable(prefix, layer) ?? known.content(layer, isDecompressedLayer(layer.mediaType));
    if (!content) break;
    prefix = extended(prefix, content);
    prefixes.push(prefix);
  }
  for (const written of prefixes.reverse()) {
    const state = known.state(written.members);
    const hash = state && (await (await import('../../hashing/saved-hash.js')).resumeHash(state));
    if (hash) return { written, archive: new ArchiveHash(hash, sizeOf(written.members)) };
  }
  return undefined;
}
