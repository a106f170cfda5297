import type { ImageIndex, IndexEntry } from './manifest.js';
import { type Platform, PlatformError } from './platform.js';

/**
 * The entry that `skopeo --override-os OS --override-arch ARCH` takes from an index (containers/image, ChooseInstanceByCompression and
 * WantedPlatforms); a variant in `wanted` plays no role. Throws a PlatformError.
 */
export function chooseByOsAndArchitecture(index: ImageIndex, wanted: Platform): IndexEntry {
  const variants = COMPATIBLE_VARIANTS.get(wanted.architecture) ?? [''];
  return choose(index, wanted, variants);
}

/**
 * The entry for exactly the variant asked for, or for os and architecture alone where none is asked for. `arm64` and `arm64/v8` are the
 * same; an `arm` image without a variant is taken for v7, as containerd does, when no entry says v7. Throws a PlatformError.
 */
export function choosePlatform(index: ImageIndex, wanted: Platform): IndexEntry {
  if (!wanted.variant) return chooseByOsAndArchitecture(index, wanted);
  const implied = IMPLIED_VARIANTS.get(wanted.architecture) === wanted.variant;
  return choose(index, wanted, implied ? [wanted.variant, ''] : [wanted.variant]);
}

/**
 * Whether pullImage finds the entry of this platform through the index: it passes only os and architecture to skopeo, which then has its own
 * order of variants. Throws a PlatformError when the index has no such entry at all.
 */
export function isChosenByNix(index: ImageIndex, platform: Platform): boolean {
  const { digest } = choosePlatform(index, platform);
  try {
    return chooseByOsAndArchitecture(index, platform).digest === digest;
  } catch (error) {
    if (error instanceof PlatformError) return false;
    throw error;
  }
}

const COMPATIBLE_VARIANTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['arm', ['', 'v8', 'v7', 'v6', 'v5']],
  ['arm64', ['', 'v8']],
]);

const IMPLIED_VARIANTS: ReadonlyMap<string, string> = new Map([
  ['arm', 'v7'],
  ['arm64', 'v8'],
]);

function choose(index: ImageIndex, wanted: Platform, variants: readonly string[]): IndexEntry {
  const ranked = index.entries
    .map((entry, position) => ({ entry, position, rank: rankOf(entry, index.format, wanted, variants) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank || zstdRank(a.entry, index) - zstdRank(b.entry, index) || a.position - b.position);
  const [best] = ranked;
  if (best) return best.entry;
  throw new PlatformError(wanted, platformsOf(index));
}

/** A smaller number is a better match; a negative one means that the entry does not fit. An OCI entry that names no platform fits any, as a last resort. */
function rankOf(
  { platform }: IndexEntry,
  format: ImageIndex['format'],
  wanted: Platform,
  variants: readonly string[],
): number {
  if (!platform) return format === 'oci' ? variants.length : -1;
  if (platform.os !== wanted.os || platform.architecture !== wanted.architecture) return -1;
  return variants.indexOf(platform.variant ?? '');
}

/** skopeo 1.13 and later prefer an instance that is marked as zstd; only OCI indexes carry the mark. */
function zstdRank(entry: IndexEntry, index: ImageIndex): number {
  return index.format === 'oci' && entry.annotations['io.github.containers.compression.zstd'] === 'true' ? 0 : 1;
}

/** The platforms of an index that a user can ask for: attestations and entries without a platform left out. */
export function platformsOf(index: ImageIndex): Platform[] {
  return index.entries.flatMap(({ platform }) =>
    platform && platform.os !== 'unknown' && platform.os !== '' ? [platform] : [],
  );
}
