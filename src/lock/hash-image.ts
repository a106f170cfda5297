import type { Cache } from '../cache/cache.js';
import { settleInOrder } from '../concurrency/settle-in-order.js';
import { PullpinError, printable } from '../errors.js';
import { formatHash } from '../nix/literals/hash.js';
import type { Digest } from '../oci/digest.js';
import { VERSION_LABEL } from '../oci/image-facts.js';
import type { Registries } from '../oci/image-source.js';
import { formatPlatform, type Platform, PlatformError, systemOfPlatform } from '../oci/platform.js';
import type { Reference, RepositoryName } from '../oci/reference.js';
import { type Pin, type PinSettings, pinImage } from '../pin/pin.js';
import { onePerSystem, openPlatforms } from '../pin/platforms.js';
import { SharedImage } from '../pin/shared-image.js';
import type { LockEntry } from './entry.js';
import type { LockedImage, LockedSystem } from './lock-schema.js';

/** What all images of a run share. */
export interface HashSettings {
  readonly registries: Registries;
  readonly cache: Cache | undefined;
  readonly temporaryFolder: string;
  readonly maxSpool: number | undefined;
  /** Throws for an image that must be signed and is not. */
  readonly checkSignature?: PinSettings['checkSignature'];
  readonly onDownload?:
    | ((image: RepositoryName) => (progress: { readonly received: number; readonly total: number }) => void)
    | undefined;
}

/** Platforms of one image that are hashed at the same time; they share layers. */
const AT_ONCE = 2;

/** A platform to be pinned, and the system that was named for it. */
type Wanted = (Platform & { readonly system?: string }) | undefined;

/** Pins an image for all systems of its entry. Throws a PullpinError, also when one of them is missing. */
export async function hashImage(
  entry: LockEntry,
  { tag, digest }: { readonly tag: string; readonly digest: Digest },
  settings: HashSettings,
): Promise<{ readonly image: LockedImage; readonly warnings: readonly string[] }> {
  const reference: Reference = { ...entry.reference, tag, digest };
  const { registries, cache, temporaryFolder, maxSpool, checkSignature } = settings;
  const shared = new SharedImage({ source: registries.repository(reference) }, { temporaryFolder, maxSpool });
  try {
    const { wanted, warnings } = await wantedPlatforms(entry, reference, shared, cache);
    const onProgress = settings.onDownload?.(reference);
    const settled = await settleInOrder(wanted, AT_ONCE, (platform) =>
      pinImage(reference, {
        from: shared.opened,
        ...{ cache, temporaryFolder, maxSpool, onProgress, platform, checkSignature },
        system: platform?.system,
        ...{ target: entry.target, finalName: entry.finalName, finalTag: entry.finalTag },
      }),
    );
    const pins = settled.map((each) => {
      if (each.status === 'rejected') throw each.reason;
      return each.value;
    });
    const all = new Set([...warnings, ...pins.flatMap((pin) => pin.warnings)]);
    return { image: lockedImage(entry, { tag, digest }, pins, wanted), warnings: [...all] };
  } finally {
    await shared.close();
  }
}

async function wantedPlatforms(
  { platforms }: LockEntry,
  reference: Reference,
  shared: SharedImage,
  cache: Cache | undefined,
): Promise<{ readonly wanted: readonly Wanted[]; readonly warnings: readonly string[] }> {
  if (platforms !== 'all' && platforms.length < 2)
    return { wanted: platforms.length === 0 ? [undefined] : platforms, warnings: [] };
  const found = await openPlatforms(shared, reference, { platforms, cache });
  if (platforms !== 'all') return { wanted: platforms, warnings: [] };
  if (!found) return { wanted: [undefined], warnings: [] };
  const { chosen, omitted } = onePerSystem(found);
  if (chosen.length === 0) throw new PullpinError('no Nix system runs any of its platforms');
  const names = omitted.map(formatPlatform).join(', ');
  return { wanted: chosen, warnings: omitted.length === 0 ? [] : [`no Nix system is left for ${names}`] };
}

function lockedImage(
  { reference, request, target }: LockEntry,
  { tag, digest }: { readonly tag: string; readonly digest: Digest },
  pins: readonly Pin[],
  wanted: readonly Wanted[],
): LockedImage {
  const systems = pins.map((pin, at): [string, LockedSystem] => [systemOf(pin, wanted[at]), lockedSystem(pin)]);
  const [first] = pins;
  const created = Date.parse(first?.facts?.created ?? '');
  const version = first?.facts?.labels[VERSION_LABEL];
  return {
    created: Number.isNaN(created) ? undefined : new Date(created).toISOString(),
    digest,
    finalImageName: first?.finalImageName ?? reference.name,
    finalImageTag: first?.finalImageTag ?? tag,
    imageName: reference.name,
    request,
    systems: Object.fromEntries(systems.toSorted(([one], [other]) => (one < other ? -1 : 1))),
    tag,
    target,
    tlsVerify: pins.every(({ tlsVerify }) => tlsVerify) ? undefined : false,
    version: version === undefined || version === '' ? undefined : printable(version, 100),
  };
}

/** The system of a pin. Throws a PlatformError when the image is not for the platform that was asked for. */
function systemOf({ os, arch, variant }: Pin, wanted: Wanted): string {
  const actual = { os, architecture: arch, variant };
  const system = systemOfPlatform(actual);
  if (wanted && (wanted.os !== os || wanted.architecture !== arch)) throw new PlatformError(wanted, [actual]);
  const found = wanted?.system ?? system;
  if (found !== null) return found;
  throw new PullpinError(`no Nix system runs an image for ${formatPlatform(actual)}: name another platform`);
}

function lockedSystem({ arch, hash, imageDigest, os }: Pin): LockedSystem {
  if (hash === undefined) throw new Error('an image that is locked has a hash');
  return { arch, hash: formatHash(hash, 'sri'), imageDigest, os };
}
